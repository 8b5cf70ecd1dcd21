// Serve DIR PORT: FerretDB on loopback, in SQLite files of DIR; its address is
// the first line of stdout. A signal ends it in good order.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: ferret DIR PORT")
		os.Exit(64)
	}
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: "127.0.0.1:" + os.Args[2]},
		Handler:   "sqlite",
		SQLiteURL: "file:" + os.Args[1] + "/",
		Logger: slog.New(slog.NewTextHandler(os.Stderr,
			&slog.HandlerOptions{Level: slog.LevelError})),
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "ferret:", err)
		os.Exit(1)
	}
	ctx, stop := signal.NotifyContext(
		context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	fmt.Println(strings.TrimSuffix(server.MongoDBURI(), "/"))
	if err := server.Run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "ferret:", err)
		os.Exit(1)
	}
}
