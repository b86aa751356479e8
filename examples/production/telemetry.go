package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	otelprom "go.opentelemetry.io/otel/exporters/prometheus"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// telemetry is where spans and figures go.
type telemetry struct {
	traces  *sdktrace.TracerProvider
	meters  *sdkmetric.MeterProvider
	metrics http.Handler // which Prometheus reads
}

func newTelemetry(spans sdktrace.SpanProcessor) (*telemetry, error) {
	figures := prometheus.NewRegistry()
	reader, err := otelprom.New(otelprom.WithRegisterer(figures))
	if err != nil {
		return nil, err
	}
	t := &telemetry{meters: sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader)),
		metrics: promhttp.HandlerFor(figures, promhttp.HandlerOpts{})}
	var options []sdktrace.TracerProviderOption
	if spans != nil {
		options = append(options, sdktrace.WithSpanProcessor(spans))
	}
	t.traces = sdktrace.NewTracerProvider(options...)
	return t, nil
}

// end sends what has not been sent yet.
func (t *telemetry) end(ctx context.Context) error {
	return errors.Join(t.traces.Shutdown(ctx), t.meters.Shutdown(ctx))
}

// newLog returns a log in JSON, whose lines name their trace.
func newLog(to io.Writer) *slog.Logger { return slog.New(traced{slog.NewJSONHandler(to, nil)}) }

type traced struct{ slog.Handler }

func (h traced) Handle(ctx context.Context, r slog.Record) error {
	if span := trace.SpanContextFromContext(ctx); span.IsValid() {
		r.AddAttrs(slog.String("trace_id", span.TraceID().String()))
	}
	return h.Handler.Handle(ctx, r)
}

func (h traced) WithAttrs(attrs []slog.Attr) slog.Handler { return traced{h.Handler.WithAttrs(attrs)} }
func (h traced) WithGroup(name string) slog.Handler       { return traced{h.Handler.WithGroup(name)} }
