"""Where a run keeps what the command knows: an SQLite file of its own, or a
database of its own on one MongoDB server for all runs.

scale: simulated seconds per second; one_limiter: all hosts share the limits;
tries: how often one asks a server that is killed now and then.
"""

import json
import os
import random
import shutil
import sqlite3
import subprocess
import tempfile
import threading
import time

import account

HERE = os.path.dirname(os.path.abspath(__file__))
START = os.path.join(os.path.dirname(HERE), "mongo", "start.sh")
# What the driver waits for is the network, which is as slow as ever: these
# settings (ms) last as long as they would, in our time.
WAITS_MS = {"connectTimeoutMS": 5000, "socketTimeoutMS": 60000,
            "serverSelectionTimeoutMS": 15000, "heartbeatFrequencyMS": 60000,
            "socketCheckIntervalMS": 5000}
FIND = {"find": "lancamentos", "sort": {"_id": 1}, "batchSize": 100000,
        "projection": {"cCodIntCtr": 1, "evento": 1, "nCodCtr": 1}}


class Unreadable(Exception):
    """Of a ledger."""


class SqliteFile:
    def __init__(self, path):
        self.path, self.uri = path, "sqlite:" + path

    def ledger(self):
        """(key, event, nCodCtr) of each line, oldest first."""
        try:
            db = sqlite3.connect("file:%s?mode=ro" % self.path, uri=True)
            try:
                return db.execute("SELECT cCodIntCtr, evento, nCodCtr FROM "
                                  "lancamentos ORDER BY seq").fetchall()
            finally:
                db.close()
        except sqlite3.Error as why:
            raise Unreadable(why)

    def drop(self):
        os.unlink(self.path)


class Store:
    tries, outages = 1, 0

    def __init__(self, programs):
        self.programs = programs

    def volum_store(self, uri, text, *options):
        for _ in range(self.tries):
            run = subprocess.run(
                [self.programs.bin + "/volum-store", "--db", uri, *options],
                input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                text=True)
            if run.returncode != account.TRY_LATER:
                break
        return run

    def fill(self, uri):
        run = self.volum_store(uri, self.programs.catalog)
        if run.returncode != 0:
            raise SystemExit("the catalog: " + run.stderr)

    def close(self):
        pass


class Sqlite(Store):
    scale, one_limiter = 120, False

    def __init__(self, programs):
        super().__init__(programs)
        self.template = os.path.join(programs.scratch, "catalog.db")
        self.fill("sqlite:" + self.template)

    def fresh(self, directory):
        path = os.path.join(directory, "volum.db")
        shutil.copy(self.template, path)
        return SqliteFile(path)


class MongoDatabase:
    def __init__(self, say, address, name, scale, tries):
        base, _, options = address.partition("?")
        options = [options] if options else []
        if scale > 1:
            options += ["%s=%d" % (wait, ms * scale)
                        for wait, ms in WAITS_MS.items()]
        self.uri = "%s/%s?%s" % (base.rstrip("/"), name, "&".join(options))
        self.command, self.tries = [say, address, name], tries

    def say(self, what):
        for _ in range(self.tries):
            run = subprocess.run(self.command, input=json.dumps(what) + "\n",
                                 stdout=subprocess.PIPE, text=True, check=True)
            answer = json.loads(run.stdout)
            if answer.get("ok") == 1:
                return answer
            time.sleep(1)
        raise Unreadable(run.stdout)

    def ledger(self):
        lines = self.say(FIND)["cursor"]["firstBatch"]
        return [(line["cCodIntCtr"], line["evento"], line["nCodCtr"])
                for line in lines]

    def drop(self):
        self.say({"dropDatabase": 1})


class RealMongo(Store):
    """Somebody's server: its clock is what it is, so all takes its time."""

    scale, one_limiter = 1, True

    def __init__(self, programs, address):
        super().__init__(programs)
        self.address = address

    def fresh(self, directory):
        name = "volum_%d_%s" % (os.getpid(), os.path.basename(directory))
        made = MongoDatabase(self.programs.tool + "/mongo_say", self.address,
                             name, self.scale, self.tries)
        self.fill(made.uri)
        return made


class Mongo(RealMongo):
    """A server of test/mongo, its clock as fast as that of the commands."""

    # A change of the ledger has to be there within 2 s of the command's clock.
    SCALES = {"java": 60, "ferret": 20}

    def __init__(self, programs, kind):
        self.kind, self.scale = kind, self.SCALES[kind]
        # In memory: what is judged is no disk.
        self.data = tempfile.TemporaryDirectory(
            prefix="volum-faults-", dir=find_memory())
        self.environment = dict(
            os.environ, WARP=str(self.scale), WARP_SINCE=str(int(time.time())),
            WARP_WALL="1")
        if kind == "java":  # FerretDB's clock reads WARP itself
            self.environment["LD_PRELOAD"] = programs.warp
        super().__init__(programs, self.start("0"))
        self.over = threading.Event()
        self.killer = threading.Thread(target=self.interrupt)

    def start(self, port):
        self.server = subprocess.Popen(
            ["sh", START, self.kind, self.data.name, port], text=True,
            stdout=subprocess.PIPE, env=self.environment,
            stderr=open(os.path.join(self.data.name, "stderr"), "a"))
        address = self.server.stdout.readline().strip()
        if not address:
            raise SystemExit("the %s server did not start" % self.kind)
        return address

    def begin_outages(self):
        self.tries = 9
        self.killer.start()

    def interrupt(self):
        while not self.over.wait(random.uniform(2, 6)):
            self.server.kill()
            self.end()
            self.start(self.address.rpartition(":")[2])
            self.outages += 1

    def end(self):
        self.server.wait()
        self.server.stdout.close()

    def close(self):
        self.over.set()
        if self.killer.is_alive():
            self.killer.join()
        self.server.terminate()
        self.end()
        self.data.cleanup()


def find_memory():
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def open_store(programs, kind):
    if kind == "sqlite":
        return Sqlite(programs)
    if kind == "real":
        return RealMongo(programs, os.environ["TEST_MONGODB_URI"])
    return Mongo(programs, kind)
