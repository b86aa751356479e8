package promprometheus_test

import (
	"net/http/httptest"
	"testing"

	"github.com/matryer/is"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promotel/promprometheus"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// Ensure that what is scraped has the figures of calls and pools.
func TestCollector(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		c := promprometheus.New()
		registry := prometheus.NewPedanticRegistry()
		is.NoErr(registry.Register(c))
		db := kit.Open(t, e.With("pool_max_conns=3#main"), prom.Observe(c))
		c.Watch(db)
		notes := kit.Notes(db)
		kit.MustCreate(t, notes, kit.Note{Title: "first"})
		for range 3 {
			list, err := notes.Query().All(t.Context())
			is.NoErr(err)
			is.Equal(len(list), 1)
		}
		var b prom.Batch
		prom.Queue(&b, notes).Create(&kit.Note{Title: "x"})
		prom.Queue(&b, notes).Create(&kit.Note{Title: "y"})
		is.NoErr(b.Run(t.Context()))

		found := scrape(t, registry)
		system := map[string]string{"postgres": "postgresql", "sqlite": "sqlite"}[e.Name]
		of := func(operation string) map[string]string {
			return map[string]string{"db_operation_name": operation, "db_collection_name": "note", "db_system_name": system,
				"error_type": ""}
		}
		is.True(metric(found, "db_client_operation_duration_seconds", of("SELECT")).GetHistogram().GetSampleCount() >= 3)
		is.Equal(metric(found, "db_client_operation_duration_seconds", of("BATCH INSERT")).GetHistogram().GetSampleCount(), uint64(1))
		is.True(metric(found, "db_client_response_returned_rows", of("SELECT")).GetHistogram().GetSampleSum() >= 3)
		pool := map[string]string{"postgres": "main", "sqlite": "main readers"}[e.Name]
		labels := map[string]string{"db_client_connection_pool_name": pool}
		is.Equal(metric(found, "db_client_connection_max", labels).GetGauge().GetValue(), 3.0)
		is.Equal(metric(found, "db_client_connection_timeouts_total", labels).GetCounter().GetValue(), 0.0)
		is.Equal(metric(found, "db_client_connection_pending_requests", labels).GetGauge().GetValue(), 0.0)
		labels["db_client_connection_state"] = "used"
		is.Equal(metric(found, "db_client_connection_count", labels).GetGauge().GetValue(), 0.0)
		labels["db_client_connection_state"] = "idle"
		is.True(metric(found, "db_client_connection_count", labels).GetGauge().GetValue() >= 1)

		c.Unwatch(db)
		is.Equal(scrape(t, registry)["db_client_connection_max"], nil)
	})
}

func scrape(t *testing.T, registry *prometheus.Registry) map[string]*dto.MetricFamily {
	t.Helper()
	w := httptest.NewRecorder()
	promhttp.HandlerFor(registry, promhttp.HandlerOpts{}).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	parser := expfmt.NewTextParser(model.LegacyValidation)
	found, err := parser.TextToMetricFamilies(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// metric returns the metric of a family that has these labels, an empty one if there is none.
func metric(found map[string]*dto.MetricFamily, name string, labels map[string]string) *dto.Metric {
	for _, m := range found[name].GetMetric() {
		n := 0
		for _, l := range m.GetLabel() {
			if want, ok := labels[l.GetName()]; ok && want == l.GetValue() {
				n++
			}
		}
		if n == len(labels) {
			return m
		}
	}
	return nil
}
