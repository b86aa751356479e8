package promotel

import (
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// Option is an option of [Observer] and [RegisterPool].
type Option func(*config)

type config struct {
	tracers trace.TracerProvider
	meters  metric.MeterProvider
	noText  bool
}

// TracerProvider sets where spans go, instead of the global provider of package otel. That of
// go.opentelemetry.io/otel/trace/noop disables them.
func TracerProvider(p trace.TracerProvider) Option { return func(c *config) { c.tracers = p } }

// MeterProvider sets where metrics go, instead of the global provider of package otel. That of
// go.opentelemetry.io/otel/metric/noop disables them.
func MeterProvider(p metric.MeterProvider) Option { return func(c *config) { c.meters = p } }

// NoQueryText omits db.query.text from spans. The texts have parameters in place of values, but raw SQL is the
// program's own text, which may hold values.
func NoQueryText() Option { return func(c *config) { c.noText = true } }

const scope = "github.com/prom-go/prom/promotel"

func configOf(options []Option) config {
	var c config
	for _, o := range options {
		o(&c)
	}
	if c.tracers == nil {
		c.tracers = otel.GetTracerProvider()
	}
	if c.meters == nil {
		c.meters = otel.GetMeterProvider()
	}
	return c
}

func (c config) tracer() trace.Tracer {
	return c.tracers.Tracer(scope, trace.WithSchemaURL(semconv.SchemaURL))
}

func (c config) meter() metric.Meter {
	return c.meters.Meter(scope, metric.WithSchemaURL(semconv.SchemaURL))
}
