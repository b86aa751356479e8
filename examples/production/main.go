// Production is the service of examples/conduit as it runs in production: on a pool of its own whose password rotates,
// with traces, metrics, health checks, timeouts and a log of slow statements.
//
//	DATABASE_URL=postgres://conduit@db.example.org/conduit PASSWORD_FILE=/run/secrets/db CONDUIT_KEY=… \
//		OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318 go run . -addr :8080 -ops :9090
//
// The file of PASSWORD_FILE is read for each new connection, so it may change at any time. Traces are sent to the
// collector that the variables of OpenTelemetry name, and nowhere without them. The operations' address serves
// /metrics, /livez and /readyz.
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	c, err := configOf(ctx, os.Args[1:], os.Getenv)
	if err == nil {
		err = serve(ctx, c)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// config is what the service is told.
type config struct {
	addr, ops string // addresses to listen on
	database  string // a URL without a password
	password  func(ctx context.Context) (string, error)
	key       []byte
	slow      time.Duration // of a statement that is logged
	log       *slog.Logger
	spans     sdktrace.SpanProcessor // nil for none
	ready     func(addr, ops string) // is called once, when both addresses listen
}

// configOf reads the arguments and the environment.
func configOf(ctx context.Context, args []string, env func(string) string) (c config, err error) {
	c = config{slow: 200 * time.Millisecond, log: newLog(os.Stderr)}
	flags := flag.NewFlagSet("production", flag.ContinueOnError)
	flags.StringVar(&c.addr, "addr", "127.0.0.1:8080", "the `address` of the API")
	flags.StringVar(&c.ops, "ops", "127.0.0.1:9090", "the `address` of metrics and health checks")
	if err := flags.Parse(args); err != nil {
		return c, err
	}
	c.database, c.key = env("DATABASE_URL"), []byte(env("CONDUIT_KEY"))
	if c.database == "" || len(c.key) == 0 {
		return c, errors.New("set DATABASE_URL and CONDUIT_KEY")
	}
	if file := env("PASSWORD_FILE"); file != "" {
		c.password = passwordFile(file)
	}
	if env("OTEL_EXPORTER_OTLP_ENDPOINT") != "" || env("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") != "" {
		exporter, err := otlptracehttp.New(ctx)
		if err != nil {
			return c, err
		}
		c.spans = sdktrace.NewBatchSpanProcessor(exporter)
	}
	c.ready = func(addr, ops string) { c.log.Info("listening", "addr", addr, "ops", ops) }
	return c, nil
}

// passwordFile returns a function that reads the password of the moment from a file.
func passwordFile(name string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) {
		b, err := os.ReadFile(name)
		return strings.TrimRight(string(b), "\r\n"), err
	}
}
