#!/usr/bin/env python3
"""Seeded runs of omie-contract against omie-sim, each judged from outside.

run.py [--seed S] [--runs N]      runs with the seeds S to S + N - 1
run.py --every-call               kill -9 at each system call of one run
run.py --revised [--seed S] ...   bills are revised between the starts
run.py --store java|ferret|real   on MongoDB, any of them but --naive
run.py --naive [--seed S] ...     the same with naive.sh in place of the command:
                                  to be found out, with both kinds of mistake
"""

import argparse
import collections
import concurrent.futures
import contextlib
import os
import shlex
import shutil
import sys
import tempfile
import time

import plan as plans
import revised
from world import Programs, World


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.environ.get("BUILD", "build"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int,
                        help="1; with --every-call: all that there are")
    parser.add_argument("--jobs", type=int, default=6 * (os.cpu_count() or 1))
    parser.add_argument("--store", default="sqlite",
                        choices=("sqlite", "java", "ferret", "real"),
                        help="real: the MongoDB of TEST_MONGODB_URI")
    parser.add_argument("--outages", action="store_true",
                        help="of ferret: it is killed and started again, all "
                        "the time")
    parser.add_argument("--every-call", action="store_true")
    parser.add_argument("--step", type=int, default=1,
                        help="of --every-call: only each STEPth")
    parser.add_argument("--naive", action="store_true")
    parser.add_argument("--revised", action="store_true")
    parser.add_argument("--keep", metavar="DIR",
                        help="leave the files of failed runs here")
    arguments = parser.parse_args()
    if arguments.store == "real" and not os.environ.get("TEST_MONGODB_URI"):
        parser.error("--store real needs TEST_MONGODB_URI")
    if arguments.outages and arguments.store != "ferret":
        parser.error("--outages: only ferret still has what it was given")
    return arguments


def started_once(plan, end):
    start = plans.Start([plans.Process("as-is", end)], 1, 0, "all")
    return plan._replace(starts=[start])


def count_calls(programs, plan):
    """How many system calls it makes from its start to its end."""
    never = plans.End(10 ** 9, False, False)
    world = World(programs, started_once(plan, never), "counted-%d" % len(
        os.listdir(programs.scratch)))
    try:
        world.run_start(world.plan.starts[0])
    finally:
        world.stop()
    if world.wrong:
        sys.exit("the recorded run: " + "\n".join(world.wrong))
    return int(world.read("01.calls").split()[0])


def every_call(programs, arguments):
    """The recorded runs, killed at each of their calls."""
    for name, faults in plans.RECORDED:
        plan = plans.recorded(3, faults)
        calls = count_calls(programs, plan)
        chosen = range(arguments.seed, calls + 1, arguments.step)
        if arguments.runs is not None:
            chosen = chosen[:arguments.runs]
        for call in chosen:
            yield started_once(plan, plans.End(call, False, False))._replace(
                seed="%s %d" % (name, call), orders=call)


class Tally:
    def __init__(self, arguments):
        self.arguments = arguments
        self.began = time.time()
        self.counts = collections.Counter()
        self.failed = []

    def add(self, plan, world, wrong):
        self.counts["runs"] += 1
        self.counts["starts"] += len(world.starts)
        self.counts["kills"] += sum(s.killed for s in world.starts)
        self.counts["contracts"] += len(world.plan.wanted)
        for word in ("duplicate", "missing", "over a limit"):
            self.counts[word] += any(word in why for why in wrong)
        if wrong:
            self.failed.append(plan.seed)
            if not self.arguments.naive:
                self.tell(plan, world, wrong)

    def repeat(self, plan):
        words = [sys.executable, sys.argv[0], "--build", self.arguments.build,
                 "--store", self.arguments.store]
        if self.arguments.every_call:
            return shlex.join(words + ["--every-call", "--seed",
                                       plan.seed.split()[-1], "--runs", "1"])
        words += ["--" + word for word in ("revised", "outages")
                  if getattr(self.arguments, word)]
        return shlex.join(words + ["--seed", str(plan.seed)])

    def tell(self, plan, world, wrong):
        print("FAILED: seed %s\n  %s\n  %s\n  %s\n  again: %s" % (
            plan.seed, plans.describe(plan), "\n  ".join(world.story),
            "\n  ".join("! " + why for why in wrong), self.repeat(plan)),
            flush=True)

    def close(self, store):
        c = self.counts
        if store.outages:
            print("the server was killed %d times" % store.outages)
        print("%d runs, %d contracts, %d starts, %d killed: %d duplicates, "
              "%d missing, %d over a limit, %d failed; %.0f s" % (
                  c["runs"], c["contracts"], c["starts"], c["kills"],
                  c["duplicate"], c["missing"], c["over a limit"],
                  len(self.failed), time.time() - self.began))


def run_one(programs, plan, arguments):
    name = "run-%s" % str(plan.seed).replace(" ", "-")
    world = revised.RevisedWorld(programs, plan, name) if arguments.revised \
        else World(programs, plan, name, naive=arguments.naive)
    try:
        wrong = world.run()
    except Exception as why:  # of one run; the others go on
        wrong = world.wrong + ["the harness: %r" % why]
    if wrong and arguments.keep:
        shutil.copytree(world.dir, os.path.join(
            arguments.keep, os.path.basename(world.dir)), dirs_exist_ok=True)
    world.db.drop()
    shutil.rmtree(world.dir)
    return plan, world, wrong


def planned(programs, arguments):
    if arguments.every_call:
        return list(every_call(programs, arguments))
    last = arguments.seed + (arguments.runs or 1)
    draw = revised.draw if arguments.revised else plans.draw
    chosen = [draw(seed) for seed in range(arguments.seed, last)]
    return [plans.contended(plan) for plan in chosen] \
        if programs.store.one_limiter else chosen


def carry_out(programs, arguments, tally):
    if not arguments.naive:
        programs.set_calls(count_calls(programs, plans.recorded(1)),
                           count_calls(programs, plans.recorded(4)))
    chosen = planned(programs, arguments)
    if arguments.outages:
        programs.store.begin_outages()
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        waiting = [pool.submit(run_one, programs, plan, arguments)
                   for plan in chosen]
        for done in concurrent.futures.as_completed(waiting):
            tally.add(*done.result())


def main():
    arguments = read_arguments()
    tally = Tally(arguments)
    with tempfile.TemporaryDirectory(prefix="volum-faults-") as scratch:
        programs = Programs(arguments.build, scratch, arguments.store)
        with contextlib.closing(programs.store):
            carry_out(programs, arguments, tally)
    tally.close(programs.store)
    if arguments.naive:
        return 0 if tally.counts["duplicate"] and tally.counts["missing"] else 1
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
