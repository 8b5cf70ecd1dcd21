import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;

/**
 * Serve PORT [FILE]: mongo-java-server on loopback, in memory or in an H2 file;
 * its address is the first line of stdout. A signal ends it in good order.
 */
public class Serve {
	public static void main(String[] args) throws InterruptedException {
		MongoBackend backend =
		    args.length > 1 ? new H2Backend(args[1]) : new MemoryBackend();
		MongoServer server = new MongoServer(backend);
		server.bind("127.0.0.1", Integer.parseInt(args[0]));
		Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
		System.out.println(
		    "mongodb://127.0.0.1:" + server.getLocalAddress().getPort());
		Thread.currentThread().join();
	}
}
