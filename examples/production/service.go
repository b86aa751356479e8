package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/examples/conduit/api"
)

// endTime is how long requests that run, and spans that were not sent yet, have at the end.
const endTime = 10 * time.Second

// serve runs the service until ctx ends, and lets requests finish that run.
func serve(ctx context.Context, c config) (err error) {
	t, err := newTelemetry(c.spans)
	if err != nil {
		return err
	}
	ending := context.WithoutCancel(ctx)
	defer func() {
		ctx, cancel := context.WithTimeout(ending, endTime)
		defer cancel()
		err = errors.Join(err, t.end(ctx))
	}()
	pool, err := openPool(ctx, c)
	if err != nil {
		return err
	}
	defer pool.Close()
	db, err := openDB(pool, c, t)
	if err != nil {
		return err
	}
	defer db.Close()
	conduit := api.New(c.key, prom.Using(db))
	if err := conduit.Install(ctx); err != nil {
		return err
	}
	return listen(ctx, c,
		otelhttp.NewHandler(withRoute(conduit.Handler()), "conduit",
			otelhttp.WithTracerProvider(t.traces), otelhttp.WithMeterProvider(t.meters)),
		operations(db, c.log, t.metrics))
}

// listen serves both addresses until ctx ends, or one of them fails.
func listen(ctx context.Context, c config, requests, ops http.Handler) error {
	apiListener, err := net.Listen("tcp", c.addr)
	if err != nil {
		return err
	}
	opsListener, err := net.Listen("tcp", c.ops)
	if err != nil {
		return errors.Join(err, apiListener.Close())
	}
	if c.ready != nil {
		c.ready(apiListener.Addr().String(), opsListener.Addr().String())
	}
	servers := []*http.Server{{Handler: requests}, {Handler: ops}}
	failed := make(chan error, len(servers))
	for i, l := range []net.Listener{apiListener, opsListener} {
		servers[i].ReadHeaderTimeout = 5 * time.Second
		go func() { failed <- servers[i].Serve(l) }()
	}
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	for _, s := range servers {
		err = errors.Join(err, s.Shutdown(ctx))
	}
	return err
}

// operations serves what Prometheus and the orchestrator ask.
func operations(db *prom.DB, log *slog.Logger, metrics http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics)
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "alive") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), time.Second)
		defer cancel()
		if h := db.Health(ctx); h.Err != nil {
			log.WarnContext(ctx, "not ready", "error", h.Err)
			http.Error(w, "not ready", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
	})
	return mux
}

type routeKey struct{}

// withRoute notes the route of a request for the comments of its statements.
func withRoute(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, r.Pattern = mux.Handler(r) // which names the span as well
		mux.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), routeKey{}, r.Pattern)))
	})
}

func routeOf(ctx context.Context) string {
	route, _ := ctx.Value(routeKey{}).(string)
	return route
}
