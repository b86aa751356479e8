package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/matryer/is"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// take returns the spans of the one request that was sent since the last call, when its own has ended.
func (s *running) take() []sdktrace.ReadOnlySpan {
	s.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		spans := s.spans.Ended()
		if slices.ContainsFunc(spans, func(s sdktrace.ReadOnlySpan) bool { return s.SpanKind() == trace.SpanKindServer }) {
			s.spans.Reset()
			return spans
		}
	}
	s.Fatal("there is no span of a request")
	return nil
}

func value(s sdktrace.ReadOnlySpan, key attribute.Key) string {
	for _, a := range s.Attributes() {
		if a.Key == key {
			return a.Value.String()
		}
	}
	return ""
}

// tree writes spans as lines, each below its parent.
func tree(spans []sdktrace.ReadOnlySpan) string {
	slices.SortStableFunc(spans, func(a, b sdktrace.ReadOnlySpan) int { return a.StartTime().Compare(b.StartTime()) })
	var out strings.Builder
	var add func(parent trace.SpanID, indent string)
	add = func(parent trace.SpanID, indent string) {
		for _, s := range spans {
			if s.Parent().SpanID() != parent {
				continue
			}
			out.WriteString(indent + s.Name())
			for _, a := range []struct {
				key   attribute.Key
				label string
			}{
				{"http.response.status_code", "status"}, {"db.response.returned_rows", "rows"},
				{"db.operation.batch.size", "statements"},
			} {
				if v := value(s, a.key); v != "" {
					out.WriteString("  " + a.label + "=" + v)
				}
			}
			out.WriteString("\n")
			add(s.SpanContext().SpanID(), indent+"  ")
		}
	}
	add(trace.SpanID{}, "")
	return out.String()
}

// Ensure that the trace of a request is the one that docs/guide/telemetry.md shows: the transaction below the request,
// and the statements below the transaction, in one trace.
func TestTrace(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	s := run(t, "pool_max_conns=2")
	s.must(http.StatusCreated, http.MethodPost, s.addr+"/articles", article("The first")) // tables are looked at
	s.must(http.StatusOK, http.MethodGet, s.addr+"/tags", "")
	for len(s.spans.Ended()) == 0 || !slices.ContainsFunc(s.spans.Ended(), func(s sdktrace.ReadOnlySpan) bool {
		return s.Name() == "GET /api/tags"
	}) {
		time.Sleep(time.Millisecond)
	}
	s.spans.Reset()
	s.must(http.StatusCreated, http.MethodPost, s.addr+"/articles", article("On engines"))
	spans := s.take()
	for _, span := range spans {
		is.Equal(span.SpanContext().TraceID(), spans[0].SpanContext().TraceID())
		if strings.HasPrefix(span.Name(), "INSERT") {
			is.True(strings.HasPrefix(value(span, "db.query.text"), "INSERT INTO"))
		}
	}
	page, err := os.ReadFile("../../docs/guide/telemetry.md")
	is.NoErr(err)
	if got := tree(spans); !strings.Contains(string(page), "```\n"+got+"```\n") {
		t.Errorf("docs/guide/telemetry.md does not show the trace:\n%s", got)
	}
}

// Ensure that what Prometheus scrapes has the figures of requests, of statements and of the pool.
func TestMetrics(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	s := run(t, "pool_max_conns=2")
	s.must(http.StatusCreated, http.MethodPost, s.addr+"/articles", article("On engines"))
	s.must(http.StatusOK, http.MethodGet, s.addr+"/articles", "")
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(s.must(http.StatusOK, http.MethodGet, s.ops+"/metrics", "")))
	is.NoErr(err)
	labels := func(family string) (sets []map[string]string) {
		for _, m := range families[family].GetMetric() {
			set := map[string]string{}
			for _, l := range m.GetLabel() {
				set[l.GetName()] = l.GetValue()
			}
			sets = append(sets, set)
		}
		return sets
	}
	has := func(family string, want map[string]string) {
		t.Helper()
		is.True(slices.ContainsFunc(labels(family), func(set map[string]string) bool {
			for name, value := range want {
				if set[name] != value {
					return false
				}
			}
			return true
		}))
	}
	has("db_client_operation_duration_seconds", map[string]string{
		"db_system_name": "postgresql", "db_operation_name": "INSERT", "db_collection_name": "article"})
	has("db_client_operation_duration_seconds", map[string]string{"db_operation_name": "COMMIT"})
	has("db_client_response_returned_rows", map[string]string{"db_collection_name": "article"})
	has("db_client_connection_max", map[string]string{"db_client_connection_pool_name": "conduit"})
	has("http_server_request_duration_seconds", map[string]string{"http_route": "/api/articles", "http_response_status_code": "201"})
}

// Ensure that a statement that takes long is logged with its text and its trace, and that its session shows its route
// and its trace while it waits.
func TestSlow(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	s := run(t, "pool_max_conns=2")
	told := func() int { return len(s.log.with(t, "prom: slow statement")) }
	quick := false
	for try := 0; try < 20 && !quick; try++ { // on a machine that has other work a statement may be slow by itself
		before := told()
		s.must(http.StatusOK, http.MethodGet, s.addr+"/tags", "")
		quick = told() == before
	}
	is.True(quick) // none is told of
	before := told()
	locked, release := make(chan error), make(chan struct{})
	go func() {
		raw, err := s.admin.SQL(t.Context())
		if err != nil {
			locked <- err
			return
		}
		tx, err := raw.BeginTx(t.Context(), nil)
		if err != nil {
			locked <- err
			return
		}
		_, err = tx.ExecContext(t.Context(), "LOCK TABLE tag")
		locked <- err
		<-release
		locked <- tx.Rollback()
	}()
	is.NoErr(<-locked)
	answer := make(chan int, 1)
	go func() {
		status, _ := s.do(http.MethodGet, s.addr+"/tags", "")
		answer <- status
	}()
	comment := ""
	for end := time.Now().Add(10 * time.Second); comment == "" && time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		comment = kit.ScanOne[string](t, s.admin, `SELECT coalesce(max(substring(query FROM '/\*.*\*/')), '') FROM pg_stat_activity
			WHERE usename = 'conduit' AND wait_event_type = 'Lock'`)
	}
	time.Sleep(150 * time.Millisecond)
	close(release)
	is.NoErr(<-locked)
	is.Equal(<-answer, http.StatusOK)
	slow := s.log.with(t, "prom: slow statement")[before:]
	is.Equal(len(slow), 1)
	is.Equal(slow[0]["level"], "WARN")
	is.Equal(slow[0]["table"], "tag")
	is.True(slow[0]["took"].(float64) >= float64(100*time.Millisecond))
	is.True(strings.HasPrefix(slow[0]["sql"].(string), "SELECT"))
	traceID := slow[0]["trace_id"].(string)
	is.True(len(traceID) == 32)
	is.True(strings.HasPrefix(comment, "/*application='conduit',route='GET%20%2Fapi%2Ftags',traceparent='00-"+traceID))
}

// Ensure that the program takes its configuration from the environment, sends its spans to a collector, and stops when
// it is told to.
func TestProgram(t *testing.T) {
	if dbtest.IsChild() {
		os.Args = []string{"production", "-addr", "127.0.0.1:0", "-ops", "127.0.0.1:0"}
		main()
		return
	}
	t.Parallel()
	is := is.New(t)
	_, err := configOf(t.Context(), nil, func(string) string { return "" })
	is.True(err != nil)
	var sent atomic.Int64
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close") // so that the child has no goroutine left
		var body bytes.Buffer
		_, _ = body.ReadFrom(r.Body)
		if r.URL.Path == "/v1/traces" && bytes.Contains(body.Bytes(), []byte("install article")) {
			sent.Add(1)
		}
	}))
	defer collector.Close()
	secret := filepath.Join(t.TempDir(), "password")
	is.NoErr(os.WriteFile(secret, []byte("prom\n"), 0o600))
	cmd := dbtest.Child(t, "TestProgram", "DATABASE_URL="+dbtest.Postgres(t), "PASSWORD_FILE="+secret, "CONDUIT_KEY=key",
		"OTEL_EXPORTER_OTLP_ENDPOINT="+collector.URL, "OTEL_EXPORTER_OTLP_COMPRESSION=none")
	var log, out lines
	cmd.Stdout, cmd.Stderr = &out, &log
	is.NoErr(cmd.Start())
	defer func() { _ = cmd.Process.Kill() }()
	var listening []map[string]any
	for end := time.Now().Add(30 * time.Second); len(listening) == 0 && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		listening = log.with(t, "listening")
	}
	if len(listening) != 1 {
		t.Fatal(log.String())
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+listening[0]["ops"].(string)+"/readyz", nil)
	is.NoErr(err)
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(r)
	is.NoErr(err)
	is.NoErr(res.Body.Close())
	is.Equal(res.StatusCode, http.StatusOK)
	is.NoErr(cmd.Process.Signal(syscall.SIGTERM))
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v\n%s\n%s", err, log.String(), out.String())
	}
	is.True(sent.Load() > 0)
}
