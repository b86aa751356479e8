package promotel

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/prom-go/prom"
)

// RegisterPool registers metrics of a connection's pool, which are read at each collection, without I/O: one pool on
// PostgreSQL; the readers and the writer on SQLite. The name of the pool is that of the connection, or, for the default
// connection, the database that it is connected to. A connection that is not open has no figures. Unregister the result
// when the program no longer uses the DB.
//
// A connection with reads=replicas has the lag, the role, the state and the reads of each of its servers too.
func RegisterPool(db *prom.DB, options ...Option) (metric.Registration, error) {
	m := configOf(options).meter()
	var failed []error
	up := func(name, unit, text string) metric.Int64ObservableUpDownCounter {
		c, err := m.Int64ObservableUpDownCounter(name, metric.WithUnit(unit), metric.WithDescription(text))
		failed = append(failed, err)
		return c
	}
	count := up("db.client.connection.count", "{connection}",
		"The number of connections that are currently in state described by the state attribute.")
	most := up("db.client.connection.max", "{connection}", "The maximum number of open connections allowed.")
	idleMin := up("db.client.connection.idle.min", "{connection}",
		"The minimum number of idle open connections allowed.")
	pending := up("db.client.connection.pending_requests", "{request}",
		"The number of current pending requests for an open connection.")
	timeouts, err := m.Int64ObservableCounter("db.client.connection.timeouts", metric.WithUnit("{timeout}"),
		metric.WithDescription("The number of connection timeouts that have occurred trying to obtain a connection "+
			"from the pool."))
	failed = append(failed, err)
	lag, err := m.Float64ObservableGauge("prom.host.lag", metric.WithUnit("s"),
		metric.WithDescription("For how long the primary has had something that a standby had not replayed."))
	failed = append(failed, err)
	reads, err := m.Int64ObservableCounter("prom.host.reads", metric.WithUnit("{read}"),
		metric.WithDescription("The number of reads that a server has answered, of those that a standby may answer."))
	if err := errors.Join(append(failed, err)...); err != nil {
		return nil, err
	}
	d := describeDB(db)
	return m.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		for _, p := range d.Pools(db.Stats()) {
			name := semconv.DBClientConnectionPoolName(p.Name)
			o.ObserveInt64(count, int64(p.Idle), metric.WithAttributes(name, semconv.DBClientConnectionStateIdle))
			o.ObserveInt64(count, int64(p.InUse), metric.WithAttributes(name, semconv.DBClientConnectionStateUsed))
			of := d.pool(p.Name)
			o.ObserveInt64(most, int64(p.Max), of)
			o.ObserveInt64(pending, int64(p.Waiting), of)
			o.ObserveInt64(timeouts, int64(p.GaveUp), of)
			if d.MinConns > 0 {
				o.ObserveInt64(idleMin, int64(d.MinConns), of)
			}
		}
		for _, h := range db.Hosts() {
			host := keyHost.String(h.Address)
			o.ObserveFloat64(lag, h.Lag.Seconds(), metric.WithAttributes(host, keyRole.String(h.Role.String()),
				keyState.String(h.State.String())))
			o.ObserveInt64(reads, int64(h.Reads), metric.WithAttributes(host))
		}
		return nil
	}, count, most, idleMin, pending, timeouts, lag, reads)
}
