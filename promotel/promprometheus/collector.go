// Package promprometheus gives Prometheus the figures of package prom, under the names that OpenTelemetry's semantic
// conventions for databases have there.
package promprometheus

import (
	"context"
	"strconv"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/promotel/internal/describe"
)

// Collector is an observer of connections, for [prom.Observe], and a collector of Prometheus. [New] returns one. It is
// safe for concurrent use.
type Collector struct {
	duration, rows, waitTime, createTime    *prometheus.HistogramVec
	count, most, idleMin, pending, timeouts *prometheus.Desc
	lag, reads                              *prometheus.Desc

	mu  sync.RWMutex
	dbs map[*prom.DB]describe.Database // pools that are watched
	of  map[*prom.DB]describe.Database // connections that were observed
}

var (
	callLabels = []string{"db_system_name", "db_namespace", "db_operation_name", "db_collection_name", "error_type",
		"db_response_status_code", "server_address", "server_port"}
	poolLabels = []string{"db_client_connection_pool_name"}
)

// New returns a collector. Register it with a prometheus.Registerer, pass it to the connections by [prom.Observe], and
// call [Collector.Watch] for each connection whose pool it should report.
func New() *Collector {
	histogram := func(name, help string, buckets []float64, labels []string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
	}
	desc := func(name, help string, more ...string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, append(poolLabels[:1:1], more...), nil)
	}
	return &Collector{
		duration: histogram("db_client_operation_duration_seconds", "Duration of database client operations.",
			describe.Seconds(), callLabels),
		rows: histogram("db_client_response_returned_rows",
			"The actual number of records returned by the database operation.", describe.Rows(), callLabels),
		waitTime: histogram("db_client_connection_wait_time_seconds",
			"The time it took to obtain an open connection from the pool.", describe.Seconds(), poolLabels),
		createTime: histogram("db_client_connection_create_time_seconds", "The time it took to create a new connection.",
			describe.Seconds(), poolLabels),
		count: desc("db_client_connection_count",
			"The number of connections that are currently in state described by the state attribute.",
			"db_client_connection_state"),
		most:    desc("db_client_connection_max", "The maximum number of open connections allowed."),
		idleMin: desc("db_client_connection_idle_min", "The minimum number of idle open connections allowed."),
		pending: desc("db_client_connection_pending_requests",
			"The number of current pending requests for an open connection."),
		timeouts: desc("db_client_connection_timeouts_total",
			"The number of connection timeouts that have occurred trying to obtain a connection from the pool."),
		lag: desc("prom_host_lag_seconds", "For how long the primary has had something that a standby had not replayed.",
			"prom_host", "prom_host_role", "prom_host_state"),
		reads: desc("prom_host_reads_total",
			"The number of reads that a server has answered, of those that a standby may answer.", "prom_host"),
		dbs: map[*prom.DB]describe.Database{}, of: map[*prom.DB]describe.Database{},
	}
}

// Watch adds the figures of a connection's pools, which are read at each scrape, without I/O. A connection that is not
// open has none.
func (c *Collector) Watch(db *prom.DB) {
	d := describe.Of(db)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dbs[db] = d
}

// Unwatch removes the figures of a connection's pools. Call it when the program no longer uses the DB.
func (c *Collector) Unwatch(db *prom.DB) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.dbs, db)
}

// mostKept is how many descriptions of connections are kept at most.
const mostKept = 1024

func (c *Collector) describe(db *prom.DB) describe.Database {
	c.mu.RLock()
	d, ok := c.of[db]
	c.mu.RUnlock()
	if ok {
		return d
	}
	d = describe.Of(db)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.of) >= mostKept {
		clear(c.of)
	}
	c.of[db] = d
	return d
}

// Start implements [prom.Observer].
func (c *Collector) Start(ctx context.Context, e *prom.Event) context.Context {
	if e.Kind == prom.EventBatch {
		return describe.WithBatch(ctx)
	}
	return ctx
}

// End implements [prom.Observer].
func (c *Collector) End(ctx context.Context, e *prom.Event) {
	switch {
	case e.Kind == prom.EventWait:
		if name := c.describe(e.DB).WaitedFor(e.Wait); name != "" && e.Err == nil {
			c.waitTime.WithLabelValues(name).Observe(e.Duration.Seconds())
		}
	case e.Kind == prom.EventConnect:
		if e.Err == nil {
			c.createTime.WithLabelValues(c.describe(e.DB).Name).Observe(e.Duration.Seconds())
		}
	case e.Batched:
		describe.AddToBatch(ctx, e)
	case describe.IsCall(e.Kind):
		operation, table := describe.Call(ctx, e)
		d := c.describe(e.DB)
		port := ""
		if d.Port != 0 {
			port = strconv.Itoa(d.Port)
		}
		labels := []string{d.System, d.Namespace, operation, table, describe.ErrorType(e.Err), describe.StatusCode(e.Err),
			d.Address, port}
		c.duration.WithLabelValues(labels...).Observe(e.Duration.Seconds())
		if describe.Returns(e, operation) {
			c.rows.WithLabelValues(labels...).Observe(float64(e.Rows))
		}
	}
}

// Describe implements [prometheus.Collector].
func (c *Collector) Describe(to chan<- *prometheus.Desc) {
	for _, h := range c.histograms() {
		h.Describe(to)
	}
	for _, d := range []*prometheus.Desc{c.count, c.most, c.idleMin, c.pending, c.timeouts, c.lag, c.reads} {
		to <- d
	}
}

// Collect implements [prometheus.Collector].
func (c *Collector) Collect(to chan<- prometheus.Metric) {
	for _, h := range c.histograms() {
		h.Collect(to)
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	for db, d := range c.dbs {
		for _, p := range d.Pools(db.Stats()) {
			gauge := func(desc *prometheus.Desc, v int, labels ...string) {
				to <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(v), append([]string{p.Name}, labels...)...)
			}
			gauge(c.count, p.Idle, "idle")
			gauge(c.count, p.InUse, "used")
			gauge(c.most, p.Max)
			gauge(c.pending, p.Waiting)
			if d.MinConns > 0 {
				gauge(c.idleMin, d.MinConns)
			}
			to <- prometheus.MustNewConstMetric(c.timeouts, prometheus.CounterValue, float64(p.GaveUp), p.Name)
		}
		for _, h := range db.Hosts() {
			to <- prometheus.MustNewConstMetric(c.lag, prometheus.GaugeValue, h.Lag.Seconds(), d.Name, h.Address,
				h.Role.String(), h.State.String())
			to <- prometheus.MustNewConstMetric(c.reads, prometheus.CounterValue, float64(h.Reads), d.Name, h.Address)
		}
	}
}

func (c *Collector) histograms() []*prometheus.HistogramVec {
	return []*prometheus.HistogramVec{c.duration, c.rows, c.waitTime, c.createTime}
}
