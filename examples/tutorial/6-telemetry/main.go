package main

import (
	"context"
	"errors"
	"flag"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/promotel"
	"github.com/prom-go/prom/promotel/promprometheus"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "db" {
		os.Exit(runDB(os.Args[2:]))
	}
	addr := flag.String("addr", "localhost:8080", "the address to listen on")
	ops := flag.String("ops", "localhost:9090", "the address of metrics and health checks")
	flag.Parse()
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := serve(ctx, *addr, *ops); err != nil {
		slog.Error("stopped", "error", err)
		os.Exit(1)
	}
}

// open returns the connection that PROM_DSN names, with everything that production needs.
func open(figures *promprometheus.Collector) (*prom.DB, error) {
	prom.Default.SetOptions(
		prom.Logger(slog.Default()), prom.LogSlow(200*time.Millisecond),
		prom.Observe(figures), prom.Observe(promotel.Observer()),
		prom.LockTimeout(3*time.Second),
		prom.StatementTimeout(10*time.Second),
		prom.CallTimeout(15*time.Second),
		prom.IdleInTransactionTimeout(30*time.Second))
	db, err := prom.Conn("")
	if err != nil {
		return nil, err
	}
	figures.Watch(db)
	return db, nil
}

// serve answers requests until ctx ends, and lets those finish that run.
func serve(ctx context.Context, addr, ops string) (err error) {
	figures := promprometheus.New()
	db, err := open(figures)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := prom.Install(ctx, models...); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	opsListener, err := net.Listen("tcp", ops)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	slog.Info("listening on http://"+listener.Addr().String(), "ops", "http://"+opsListener.Addr().String())
	web := &http.Server{Handler: newServer(db).handler(), ReadHeaderTimeout: 5 * time.Second}
	opsWeb := &http.Server{Handler: operations(db, figures), ReadHeaderTimeout: 5 * time.Second}
	failed := make(chan error, 2)
	go func() { failed <- web.Serve(listener) }()
	go func() { failed <- opsWeb.Serve(opsListener) }()
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return errors.Join(err, web.Shutdown(ending), opsWeb.Shutdown(ending))
}
