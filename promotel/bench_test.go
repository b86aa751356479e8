package promotel_test

import (
	"context"
	"io"
	"log/slog"
	"testing"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promotel"
)

// dropped exports nothing.
type dropped struct{}

func (dropped) ExportSpans(context.Context, []sdktrace.ReadOnlySpan) error { return nil }
func (dropped) Shutdown(context.Context) error                             { return nil }

// BenchmarkTelemetry measures what telemetry adds to a Get and an insert. Run it several times in turn, and compare
// medians; docs/benchmarks.md has the figures.
func BenchmarkTelemetry(b *testing.B) {
	tracing := func(sampler sdktrace.Sampler) *sdktrace.TracerProvider {
		p := sdktrace.NewTracerProvider(sdktrace.WithBatcher(dropped{}), sdktrace.WithSampler(sampler))
		b.Cleanup(func() { _ = p.Shutdown(context.Background()) })
		return p
	}
	sampled := promotel.TracerProvider(tracing(sdktrace.AlwaysSample()))
	unsampled := promotel.TracerProvider(tracing(sdktrace.NeverSample()))
	meters := promotel.MeterProvider(sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewManualReader())))
	comments := prom.SQLComments(func(ctx context.Context) prom.SQLComment {
		return prom.SQLComment{Tags: map[string]string{"application": "shop", "route": "/orders"}, Trace: promotel.Trace(ctx)}
	})
	ways := []struct {
		name    string
		options []prom.OpenOption
	}{
		{"off", nil},
		{"log", []prom.OpenOption{prom.Logger(slog.New(slog.NewTextHandler(io.Discard, nil)))}},
		{"OnEvent", []prom.OpenOption{prom.OnEvent(func(context.Context, *prom.Event) {})}},
		{"promotel", []prom.OpenOption{prom.Observe(promotel.Observer(sampled, meters))}},
		{"promotel-unsampled", []prom.OpenOption{prom.Observe(promotel.Observer(unsampled, meters))}},
		{"comments", []prom.OpenOption{comments}},
		{"comments-traced", []prom.OpenOption{prom.Observe(promotel.Observer(sampled, meters)), comments}},
	}
	for _, engine := range []struct{ name, dsn string }{
		{"sqlite", dbtest.SQLite(b)}, {"postgres", dbtest.Postgres(b)},
	} {
		for _, way := range ways {
			notes := kit.Notes(kit.Open(b, engine.dsn, way.options...))
			n := kit.Note{Title: "first", Body: "text"}
			if err := notes.Create(b.Context(), &n); err != nil {
				b.Fatal(err)
			}
			b.Run(engine.name+"/get/"+way.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := notes.Get(b.Context(), n.ID); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run(engine.name+"/insert/"+way.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := notes.Create(b.Context(), &kit.Note{Title: "more", Body: "text"}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
