// Package promotel reports to OpenTelemetry what package prom does: traces and metrics by the stable semantic
// conventions for databases, and the trace of a statement for the comments of sqlcommenter. Package promprometheus has
// the same figures for Prometheus.
//
//	db, err := prom.Open(dsn, prom.Observe(promotel.Observer()))
//	…
//	_, err = promotel.RegisterPool(db)
//
// docs/guide/telemetry.md lists the spans and the metrics.
package promotel
