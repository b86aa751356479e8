package promotel

import (
	"context"
	"sync"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/promotel/internal/describe"
)

// instruments are the metrics of calls.
type instruments struct {
	duration, waitTime, createTime metric.Float64Histogram
	rows                           metric.Int64Histogram
}

func newInstruments(m metric.Meter) *instruments {
	seconds := func(name, text string) metric.Float64Histogram {
		h, err := m.Float64Histogram(name, metric.WithUnit("s"), metric.WithDescription(text),
			metric.WithExplicitBucketBoundaries(describe.Seconds()...))
		if err != nil {
			otel.Handle(err)
		}
		return h
	}
	rows, err := m.Int64Histogram("db.client.response.returned_rows", metric.WithUnit("{row}"),
		metric.WithDescription("The actual number of records returned by the database operation."),
		metric.WithExplicitBucketBoundaries(describe.Rows()...))
	if err != nil {
		otel.Handle(err)
	}
	return &instruments{
		duration: seconds("db.client.operation.duration", "Duration of database client operations."),
		waitTime: seconds("db.client.connection.wait_time",
			"The time it took to obtain an open connection from the pool."),
		createTime: seconds("db.client.connection.create_time", "The time it took to create a new connection."),
		rows:       rows,
	}
}

// record records a call that has ended, or a connection that was made.
func (m *instruments) record(ctx context.Context, d *database, e *prom.Event, operation, table string) {
	if e.Kind == prom.EventConnect && e.Err == nil {
		m.createTime.Record(ctx, e.Duration.Seconds(), d.pool(d.Name))
	}
	if !describe.IsCall(e.Kind) {
		return
	}
	of := d.call(call{operation: operation, table: table, kind: describe.ErrorType(e.Err),
		code: describe.StatusCode(e.Err)})
	m.duration.Record(ctx, e.Duration.Seconds(), of)
	if describe.Returns(e, operation) {
		m.rows.Record(ctx, e.Rows, of)
	}
}

// waited records a wait for a pool.
func (m *instruments) waited(ctx context.Context, d *database, e *prom.Event) {
	if name := d.WaitedFor(e.Wait); name != "" && e.Err == nil {
		m.waitTime.Record(ctx, e.Duration.Seconds(), d.pool(name))
	}
}

// mostKept is how many connections, and how many sets of attributes of one, are kept at most.
const mostKept = 1024

// databases keeps what is said of connections.
type databases struct {
	mu   sync.RWMutex
	kept map[*prom.DB]*database
}

// database is what is said of a connection and its calls.
type database struct {
	describe.Database
	common []attribute.KeyValue // do not append to it

	mu   sync.RWMutex
	sets map[call]metric.MeasurementOption
}

// call is what tells calls of a connection apart.
type call struct{ operation, table, kind, code string }

func (ds *databases) of(db *prom.DB) *database {
	ds.mu.RLock()
	d := ds.kept[db]
	ds.mu.RUnlock()
	if d != nil {
		return d
	}
	d = describeDB(db)
	ds.mu.Lock()
	defer ds.mu.Unlock()
	if ds.kept == nil || len(ds.kept) >= mostKept {
		ds.kept = map[*prom.DB]*database{}
	}
	ds.kept[db] = d
	return d
}

func describeDB(db *prom.DB) *database {
	d := &database{Database: describe.Of(db), sets: map[call]metric.MeasurementOption{}}
	d.common = append(d.common, semconv.DBSystemNameKey.String(d.System))
	if d.Namespace != "" {
		d.common = append(d.common, semconv.DBNamespace(d.Namespace))
	}
	if d.Address != "" {
		d.common = append(d.common, semconv.ServerAddress(d.Address))
	}
	if d.Port != 0 {
		d.common = append(d.common, semconv.ServerPort(d.Port))
	}
	return d
}

// call returns the attributes of a call.
func (d *database) call(c call) metric.MeasurementOption {
	return d.set(c, func(attrs []attribute.KeyValue) []attribute.KeyValue {
		attrs = append(attrs, semconv.DBOperationName(c.operation),
			semconv.DBQuerySummary(describe.Summary(c.operation, c.table)))
		if c.table != "" {
			attrs = append(attrs, semconv.DBCollectionName(c.table))
		}
		if c.kind != "" {
			attrs = append(attrs, semconv.ErrorTypeKey.String(c.kind))
		}
		if c.code != "" {
			attrs = append(attrs, semconv.DBResponseStatusCode(c.code))
		}
		return attrs
	})
}

// pool returns the attributes of a pool.
func (d *database) pool(name string) metric.MeasurementOption {
	return d.set(call{table: name}, func([]attribute.KeyValue) []attribute.KeyValue {
		return []attribute.KeyValue{semconv.DBClientConnectionPoolName(name)}
	})
}

func (d *database) set(c call, attrs func([]attribute.KeyValue) []attribute.KeyValue) metric.MeasurementOption {
	d.mu.RLock()
	o := d.sets[c]
	d.mu.RUnlock()
	if o != nil {
		return o
	}
	o = metric.WithAttributeSet(attribute.NewSet(attrs(d.common[:len(d.common):len(d.common)])...))
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.sets) >= mostKept {
		clear(d.sets)
	}
	d.sets[c] = o
	return o
}
