package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/prom-go/prom"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "db" {
		os.Exit(runDB(os.Args[2:]))
	}
	addr := flag.String("addr", "localhost:8080", "the address to listen on")
	flag.Parse()
	if err := serve(*addr); err != nil {
		log.Fatal(err)
	}
}

// serve answers requests until it fails.
func serve(addr string) (err error) {
	db, err := prom.Conn("") // the connection that PROM_DSN names
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := prom.Install(context.Background(), models...); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	log.Printf("listening on http://%s", listener.Addr())
	web := http.Server{Handler: newServer(db).handler(), ReadHeaderTimeout: 5 * time.Second}
	return web.Serve(listener)
}
