// Conduit is the API of RealWorld (https://github.com/realworld-apps/realworld): users who follow each other, and their
// articles with tags, favorites and comments. Each list is one typed query, and takes as many statements however many
// rows it has. The rows are in memory, or in the database that PROM_DSN names; the tables make themselves.
//
//	go run ./examples/conduit -addr 127.0.0.1:8080
//
//	curl -d '{"user": {"username": "ada", "email": "ada@example.org", "password": "secret"}}' 127.0.0.1:8080/api/users
//	curl -H 'Authorization: Token …' -d '{"article": {"title": "Notes", "description": "On engines", "body": "…",
//		"tagList": ["math"]}}' 127.0.0.1:8080/api/articles
//	curl '127.0.0.1:8080/api/articles?tag=math&limit=10'
//
// Tokens are signed with the environment variable CONDUIT_KEY; without it they are good until the process ends.
package main

import (
	"context"
	"crypto/rand"
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
	"github.com/prom-go/prom/examples/conduit/api"
)

func main() {
	if err := serve(os.Args[1:], os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// serve answers requests until the process is interrupted or told to terminate, and lets those finish that run.
func serve(args []string, out io.Writer) (err error) {
	flags := flag.NewFlagSet("conduit", flag.ContinueOnError)
	addr := flags.String("addr", "127.0.0.1:8080", "the `address` to listen on")
	if err := flags.Parse(args); err != nil {
		return err
	}
	key := []byte(os.Getenv("CONDUIT_KEY"))
	if len(key) == 0 {
		key = []byte(rand.Text())
	}
	if os.Getenv("PROM_DSN") == "" {
		if _, err := prom.Open("sqlite://:memory:"); err != nil {
			return err
		}
	}
	defer func() { err = errors.Join(err, prom.Close()) }()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	s := api.New(key)
	if err := s.Install(ctx); err != nil { // not needed, but a bad DSN shows now
		return err
	}

	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "listening on http://%s\n", listener.Addr())
	server := &http.Server{Handler: s.Handler(), ReadHeaderTimeout: 5 * time.Second}
	done := make(chan error, 1)
	context.AfterFunc(ctx, func() { done <- server.Shutdown(context.Background()) })
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-done
}
