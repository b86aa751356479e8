package promotel_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/semconv/v1.43.0/dbconv"
	"go.opentelemetry.io/otel/trace"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promotel"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// telemetry is an SDK in memory.
type telemetry struct {
	spans  *tracetest.SpanRecorder
	traces *sdktrace.TracerProvider
	reader *sdkmetric.ManualReader
	meters *sdkmetric.MeterProvider
}

func newTelemetry() *telemetry {
	s := &telemetry{spans: tracetest.NewSpanRecorder(), reader: sdkmetric.NewManualReader()}
	s.traces = sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(s.spans))
	s.meters = sdkmetric.NewMeterProvider(sdkmetric.WithReader(s.reader))
	return s
}

func (s *telemetry) options() []promotel.Option {
	return []promotel.Option{promotel.TracerProvider(s.traces), promotel.MeterProvider(s.meters)}
}

func (s *telemetry) observe() prom.OpenOption { return prom.Observe(promotel.Observer(s.options()...)) }

// take returns the spans that have ended since the last call, without those of looking at tables.
func (s *telemetry) take() []sdktrace.ReadOnlySpan {
	list := s.spans.Ended()
	s.spans.Reset()
	return slices.DeleteFunc(list, func(s sdktrace.ReadOnlySpan) bool {
		return value(s, "prom.operation") == "inspect" || s.Name() == "CONNECT"
	})
}

func value(s sdktrace.ReadOnlySpan, key attribute.Key) string { return valueOf(s.Attributes(), key) }

func valueOf(attrs []attribute.KeyValue, key attribute.Key) string {
	for _, a := range attrs {
		if a.Key == key {
			return a.Value.String()
		}
	}
	return ""
}

// metrics returns the metrics by name.
func (s *telemetry) metrics(t *testing.T) map[string]metricdata.Metrics {
	t.Helper()
	var all metricdata.ResourceMetrics
	if err := s.reader.Collect(t.Context(), &all); err != nil {
		t.Fatal(err)
	}
	found := map[string]metricdata.Metrics{}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			found[m.Name] = m
		}
	}
	return found
}

// tree writes spans as lines, each below its parent.
func tree(spans []sdktrace.ReadOnlySpan) []string {
	slices.SortFunc(spans, func(a, b sdktrace.ReadOnlySpan) int { return a.StartTime().Compare(b.StartTime()) })
	var lines []string
	var add func(parent trace.SpanID, indent string)
	add = func(parent trace.SpanID, indent string) {
		for _, s := range spans {
			if s.Parent().SpanID() == parent {
				lines = append(lines, indent+s.Name())
				add(s.SpanContext().SpanID(), indent+"  ")
			}
		}
	}
	add(trace.SpanID{}, "")
	return lines
}

// Ensure that a statement is a span with the attributes of the conventions, and an error one with its codes.
func TestSpans(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		s := newTelemetry()
		db := kit.Open(t, e.DSN, s.observe())
		notes := kit.Notes(db)
		kit.MustCreate(t, notes, kit.Note{Title: "secret-value"})
		s.take()

		list, err := notes.Query().Where(kit.NoteTitle.Eq("secret-value")).All(t.Context())
		is.NoErr(err)
		is.Equal(len(list), 1)
		spans := s.take()
		is.Equal(len(spans), 1)
		span := spans[0]
		is.Equal(span.Name(), "SELECT note")
		is.Equal(span.SpanKind(), trace.SpanKindClient)
		is.Equal(span.Status().Code, codes.Unset)
		is.Equal(value(span, "db.collection.name"), "note")
		is.Equal(value(span, "db.operation.name"), "SELECT")
		is.Equal(value(span, "db.query.summary"), "SELECT note")
		is.Equal(value(span, "db.response.returned_rows"), "1")
		is.Equal(value(span, "prom.operation"), "query")
		is.Equal(value(span, "db.namespace"), db.DSN().Path)
		is.True(strings.HasPrefix(value(span, "db.query.text"), "SELECT "))
		is.True(!strings.Contains(fmt.Sprint(span.Attributes()), "secret-value"))
		if e.Name == dbtest.NamePostgres {
			is.Equal(value(span, "db.system.name"), "postgresql")
			is.Equal(value(span, "server.address"), db.DSN().Hosts[0].Name)
		} else {
			is.Equal(value(span, "db.system.name"), "sqlite")
			is.Equal(value(span, "server.address"), "")
		}

		same := kit.Note{Model: prom.Model{ID: list[0].ID}, Title: "again"}
		is.True(errors.Is(notes.Create(t.Context(), &same), prom.ErrUnique))
		spans = s.take()
		span = spans[len(spans)-1]
		is.Equal(span.Name(), "INSERT note")
		is.Equal(span.Status().Code, codes.Error)
		is.Equal(value(span, "error.type"), "unique_violation")
		is.Equal(value(span, "db.response.status_code"),
			map[string]string{"postgres": "23505", "sqlite": "1555"}[e.Name])
		is.Equal(value(span, "db.response.returned_rows"), "")
	})
}

// Ensure that a transaction holds its statements, nested ones and retries, and a batch its statements as events.
func TestSpans_Tx(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		s := newTelemetry()
		db := kit.Open(t, e.DSN, s.observe())
		notes := kit.Notes(db)
		kit.MustCreate(t, notes, kit.Note{Title: "first"})
		installed := tree(s.take())
		is.True(slices.Contains(installed, "install note"))
		is.True(slices.Contains(installed, "    CREATE note")) // in the transaction of the installation

		own := errors.New("secret-value")
		is.NoErr(db.Tx(t.Context(), func(ctx context.Context) error {
			kit.MustIn(ctx, t, notes, kit.Note{Title: "in"})
			is.Equal(db.Tx(ctx, func(ctx context.Context) error {
				kit.MustIn(ctx, t, notes, kit.Note{Title: "in in"})
				return own
			}), own)
			return nil
		}))
		spans := s.take()
		is.Equal(tree(spans), []string{
			"transaction", "  BEGIN", "  INSERT note",
			"  transaction", "    SAVEPOINT", "    INSERT note", "    ROLLBACK", "  COMMIT",
		})
		for _, span := range spans {
			is.True(!strings.Contains(span.Status().Description, "secret-value"))
		}

		var b prom.Batch
		prom.Queue(&b, notes).Create(&kit.Note{Title: "x"})
		prom.Queue(&b, notes).Create(&kit.Note{Title: "y"})
		is.NoErr(b.Run(t.Context()))
		spans = s.take()
		i := slices.IndexFunc(spans, func(s sdktrace.ReadOnlySpan) bool { return strings.HasPrefix(s.Name(), "BATCH") })
		is.True(i >= 0)
		is.Equal(spans[i].Name(), "BATCH INSERT note")
		is.Equal(value(spans[i], "db.operation.batch.size"), "2")
		is.Equal(value(spans[i], "db.collection.name"), "note")
		is.Equal(len(spans[i].Events()), 2)
		is.Equal(spans[i].Events()[0].Name, "statement")
		is.Equal(valueOf(spans[i].Events()[1].Attributes, "db.query.summary"), "INSERT note")

		ctx, outer := s.traces.Tracer("test").Start(t.Context(), "request")
		attempts := 0
		is.NoErr(db.Tx(ctx, func(context.Context) error {
			if attempts++; attempts == 1 {
				return &prom.Error{Kind: prom.ErrSerialization}
			}
			return nil
		}, prom.Retry(1)))
		outer.End()
		spans = s.take()
		last := spans[len(spans)-1]
		is.Equal(last.Name(), "request")
		is.Equal(len(last.Events()), 1)
		is.Equal(last.Events()[0].Name, "retry")
		is.Equal(valueOf(last.Events()[0].Attributes, "error.type"), "serialization_failure")
	})
}

// Ensure that rows that went by COPY are a span of that name with their number and bytes, and no INSERT; on SQLite they
// are inserts.
func TestSpans_Copy(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		s := newTelemetry()
		notes := kit.Notes(kit.Open(t, e.DSN, s.observe()))
		kit.MustCreate(t, notes, kit.Note{Title: "first"})
		s.take()
		many := make([]kit.Note, kit.ByCopy)
		for i := range many {
			many[i].Title = "secret-value"
		}
		is.NoErr(notes.CreateMany(t.Context(), many))
		rows, want := 0, map[string]string{"postgres": "COPY note", "sqlite": "INSERT note"}[e.Name]
		for _, span := range s.take() {
			is.True(!strings.Contains(fmt.Sprint(span.Attributes()), "secret-value"))
			switch operation := value(span, "db.operation.name"); operation {
			case "COPY", "INSERT":
				is.Equal(span.Name(), want)
				is.Equal(span.SpanKind(), trace.SpanKindClient)
				is.Equal(value(span, "db.query.summary"), want)
				is.True(strings.HasPrefix(value(span, "db.query.text"), operation))
				n, err := strconv.Atoi(value(span, "prom.affected_rows"))
				is.NoErr(err)
				rows += n
				is.Equal(value(span, "prom.bytes") != "", operation == "COPY")
			}
		}
		is.Equal(rows, kit.ByCopy)
		counted := uint64(0)
		for _, p := range s.metrics(t)[dbconv.ClientOperationDuration{}.Name()].Data.(metricdata.Histogram[float64]).DataPoints {
			if v, _ := p.Attributes.Value("db.query.summary"); v.AsString() == "COPY note" {
				counted += p.Count
			}
		}
		is.Equal(counted > 0, e.Name == dbtest.NamePostgres)
	})
}

// Ensure that a wait for the pool or the writer is an event of the span in which it happens, with what was waited for
// and how long, and that the metric has the same time.
func TestSpans_Wait(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		s := newTelemetry()
		db := kit.Open(t, e.With("pool_max_conns=1#main"), s.observe())
		notes := kit.Notes(db)
		kit.MustCreate(t, notes, kit.Note{Title: "first"})
		s.take()
		created := make(chan error, 1)
		is.NoErr(db.Tx(t.Context(), func(context.Context) error {
			go func() { created <- notes.Create(t.Context(), &kit.Note{Title: "waits"}) }()
			waiting := func() bool { return db.Stats().Pool.Waiting+db.Stats().Writer.Waiting == 1 }
			for end := time.Now().Add(10 * time.Second); !waiting() && time.Now().Before(end); {
				time.Sleep(time.Millisecond)
			}
			is.True(waiting())
			time.Sleep(20 * time.Millisecond)
			return nil
		}))
		is.NoErr(<-created)
		waits := 0
		for _, span := range s.take() {
			for _, event := range span.Events() {
				if event.Name != "wait" || span.Name() != "INSERT note" {
					continue
				}
				waits++
				is.Equal(valueOf(event.Attributes, "prom.wait"),
					map[string]string{"postgres": "pool", "sqlite": "writer"}[e.Name])
				seconds, err := strconv.ParseFloat(valueOf(event.Attributes, "prom.wait.duration"), 64)
				is.NoErr(err)
				is.True(seconds >= 0.02 && seconds < 20)
				is.True(!event.Time.Before(span.StartTime()) && !event.Time.After(span.EndTime()))
			}
		}
		is.Equal(waits, 1)
		longest := 0.0
		for _, p := range s.metrics(t)[dbconv.ClientConnectionWaitTime{}.Name()].Data.(metricdata.Histogram[float64]).DataPoints {
			if most, ok := p.Max.Value(); ok {
				longest = max(longest, most)
			}
		}
		is.True(longest >= 0.02)
	})
}

// Ensure that the metrics are those of the conventions, by name, unit and attributes, for calls and pools.
func TestMetrics(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		s := newTelemetry()
		db := kit.Open(t, e.With("pool_max_conns=1&pool_min_conns=1#main"), s.observe())
		registered, err := promotel.RegisterPool(db, s.options()...)
		is.NoErr(err)
		notes := kit.Notes(db)
		kit.MustCreate(t, notes, kit.Note{Title: "first"})
		for range 3 {
			_, err := notes.Query().All(t.Context())
			is.NoErr(err)
		}
		in, out := make(chan struct{}), make(chan struct{})
		go func() {
			<-in
			kit.MustCreate(t, notes, kit.Note{Title: "waits"})
			close(out)
		}()
		pool := map[string]string{"postgres": "main", "sqlite": "main writer"}[e.Name]
		is.NoErr(db.Tx(t.Context(), func(context.Context) error {
			close(in)
			for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
				if number(s.metrics(t)["db.client.connection.pending_requests"], "db.client.connection.pool.name", pool) == 1 {
					break
				}
			}
			m := s.metrics(t)
			is.Equal(number(m["db.client.connection.pending_requests"], "db.client.connection.pool.name", pool), int64(1))
			is.Equal(number(m["db.client.connection.max"], "db.client.connection.pool.name", pool), int64(1))
			used := int64(0)
			for _, p := range m["db.client.connection.count"].Data.(metricdata.Sum[int64]).DataPoints {
				if v, _ := p.Attributes.Value("db.client.connection.pool.name"); v.AsString() != pool {
					continue
				}
				if v, _ := p.Attributes.Value("db.client.connection.state"); v.AsString() == "used" {
					used = p.Value
				}
			}
			is.Equal(used, int64(1))
			return nil
		}))
		<-out
		m := s.metrics(t)
		duration := m[dbconv.ClientOperationDuration{}.Name()]
		is.Equal(duration.Unit, dbconv.ClientOperationDuration{}.Unit())
		is.Equal(m[dbconv.ClientResponseReturnedRows{}.Name()].Unit, dbconv.ClientResponseReturnedRows{}.Unit())
		is.Equal(m[dbconv.ClientConnectionWaitTime{}.Name()].Unit, dbconv.ClientConnectionWaitTime{}.Unit())
		is.Equal(m[dbconv.ClientConnectionCreateTime{}.Name()].Unit, dbconv.ClientConnectionCreateTime{}.Unit())
		is.Equal(m[dbconv.ClientConnectionCount{}.Name()].Unit, dbconv.ClientConnectionCount{}.Unit())
		is.Equal(m[dbconv.ClientConnectionTimeouts{}.Name()].Unit, dbconv.ClientConnectionTimeouts{}.Unit())
		is.True(m[dbconv.ClientConnectionWaitTime{}.Name()].Data != nil)
		selects := uint64(0)
		for _, p := range duration.Data.(metricdata.Histogram[float64]).DataPoints {
			is.Equal(p.Bounds, []float64{0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10})
			if v, _ := p.Attributes.Value("db.query.summary"); v.AsString() == "SELECT note" {
				selects += p.Count
			}
		}
		is.True(selects >= 3)
		is.NoErr(registered.Unregister())
		_, ok := s.metrics(t)["db.client.connection.max"]
		is.True(!ok)
	})
}

func number(m metricdata.Metrics, key attribute.Key, want string) int64 {
	sum, ok := m.Data.(metricdata.Sum[int64])
	if !ok {
		return -1
	}
	for _, p := range sum.DataPoints {
		if v, _ := p.Attributes.Value(key); v.AsString() == want {
			return p.Value
		}
	}
	return -1
}

// Ensure that the comment of a statement names its own span, and only if that is sampled.
func TestTrace(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for _, sampled := range []bool{true, false} {
		s := newTelemetry()
		if !sampled {
			s.traces = sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(s.spans), sdktrace.WithSampler(sdktrace.NeverSample()))
		}
		db := kit.Open(t, dbtest.Postgres(t), s.observe(), prom.SQLComments(func(ctx context.Context) prom.SQLComment {
			return prom.SQLComment{Tags: map[string]string{"application": "shop"}, Trace: promotel.Trace(ctx)}
		}))
		texts, err := prom.RawQuery[string](db, "SELECT current_query()").All(t.Context())
		is.NoErr(err)
		is.True(strings.Contains(texts[0], "application='shop'"))
		is.Equal(strings.Contains(texts[0], "traceparent="), sampled)
		if sampled {
			span := s.take()[0].SpanContext()
			is.True(strings.HasSuffix(texts[0], fmt.Sprintf(",traceparent='00-%s-%s-01'*/", span.TraceID(), span.SpanID())))
		}
	}
}
