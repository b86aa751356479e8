// Blog is a JSON API over HTTP: authors, and posts that refer to them. It keeps them in memory, or in the database that
// PROM_DSN names; the tables make themselves.
//
//	go run ./examples/blog -addr 127.0.0.1:8080
//
//	curl -d '{"name": "Ada"}' 127.0.0.1:8080/authors
//	curl -d '{"author": 1, "title": "Notes", "text": "…"}' 127.0.0.1:8080/posts
//	curl '127.0.0.1:8080/posts?author_id=1&sort=-_created&limit=10'
//	curl -X PATCH -d '{"title": "Notes, again"}' 127.0.0.1:8080/posts/1
//	curl -X DELETE 127.0.0.1:8080/posts/1
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/prom-go/prom"
)

func main() {
	if err := serve(os.Args[1:], os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// stopTime is how long requests may go on after the signal to stop.
const stopTime = 10 * time.Second

// serve answers requests until the process is interrupted or told to terminate. Then it takes no new ones, lets those
// that run finish, and closes the database.
func serve(args []string, out io.Writer) (err error) {
	flags := flag.NewFlagSet("blog", flag.ContinueOnError)
	addr := flags.String("addr", "127.0.0.1:8080", "the `address` to listen on")
	if err := flags.Parse(args); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	if os.Getenv("PROM_DSN") == "" {
		if _, err := prom.Open("sqlite://:memory:"); err != nil {
			return err
		}
	}
	defer func() { err = errors.Join(err, prom.Close()) }()
	blog := newBlog()
	if err := prom.Install(ctx, blog.authors, blog.posts); err != nil { // not needed, but a bad DSN shows now
		return err
	}

	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: blog.handler(), ReadHeaderTimeout: 5 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	fmt.Fprintf(out, "listening on http://%s\n", listener.Addr())

	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	stop() // a second signal ends the process at once
	ctx, cancel := context.WithTimeout(context.Background(), stopTime)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return err
	}
	fmt.Fprintln(out, "stopped")
	return nil
}
