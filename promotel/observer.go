package promotel

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/promotel/internal/describe"
)

// Attributes that the conventions do not have.
const (
	keyOperation = attribute.Key("prom.operation")     // the operation of prom, such as "get"
	keyAttempt   = attribute.Key("prom.attempt")       // 2 for the second attempt
	keyWait      = attribute.Key("prom.wait")          // what was waited for
	keyDuration  = attribute.Key("prom.wait.duration") // in seconds
	keyAffected  = attribute.Key("prom.affected_rows") // of writes
	keyBytes     = attribute.Key("prom.bytes")         // that were sent, of COPY and large values
	keyHost      = attribute.Key("prom.host")          // the address of a server, with reads=replicas
	keyRole      = attribute.Key("prom.host.role")     // primary, standby, endpoint or unknown
	keyState     = attribute.Key("prom.host.state")    // serves, behind or away
	keyCoalesced = attribute.Key("prom.coalesced")     // true for a Get that shared the statement of others
)

// Observer returns an observer for [prom.Observe] that makes spans and records metrics. One observer may serve several
// connections. If an instrument cannot be registered with the meter provider, otel.Handle gets the error.
func Observer(options ...Option) prom.Observer {
	c := configOf(options)
	return &observer{tracer: c.tracer(), meters: newInstruments(c.meter()), noText: c.noText}
}

type observer struct {
	tracer trace.Tracer
	meters *instruments
	noText bool
	dbs    databases
}

func (o *observer) Start(ctx context.Context, e *prom.Event) context.Context {
	if e.Batched || !hasSpan(e.Kind) {
		return ctx
	}
	d := o.dbs.of(e.DB)
	var name string
	kind := trace.SpanKindInternal
	attrs := make([]attribute.KeyValue, 0, 12)
	attrs = append(attrs, d.common...)
	switch e.Kind {
	case prom.EventTx, prom.EventInstall:
		name = describe.Summary(e.Op, e.Table)
	case prom.EventCoalesced:
		name = describe.Summary(e.Op, e.Table)
		attrs = append(attrs, keyCoalesced.Bool(true))
	default:
		kind = trace.SpanKindClient
		operation := describe.Operation(e)
		name = describe.Summary(operation, e.Table)
		attrs = append(attrs, semconv.DBOperationName(operation), semconv.DBQuerySummary(name))
		if e.SQL != "" && !o.noText {
			attrs = append(attrs, semconv.DBQueryText(e.SQL))
		}
	}
	if e.Table != "" {
		attrs = append(attrs, semconv.DBCollectionName(e.Table))
	}
	if e.Op != "" {
		attrs = append(attrs, keyOperation.String(e.Op))
	}
	if e.Attempt > 1 {
		attrs = append(attrs, keyAttempt.Int(e.Attempt))
	}
	ctx, _ = o.tracer.Start(ctx, name, trace.WithSpanKind(kind), trace.WithAttributes(attrs...),
		trace.WithTimestamp(e.Start))
	if e.Kind == prom.EventBatch {
		ctx = describe.WithBatch(ctx)
	}
	return ctx
}

func (o *observer) End(ctx context.Context, e *prom.Event) {
	d := o.dbs.of(e.DB)
	span := trace.SpanFromContext(ctx)
	switch {
	case e.Kind == prom.EventWait:
		o.meters.waited(ctx, d, e)
		if span.IsRecording() {
			span.AddEvent("wait", trace.WithTimestamp(e.Start.Add(e.Duration)), trace.WithAttributes(
				withError(e.Err, keyWait.String(e.Wait.String()), keyDuration.Float64(e.Duration.Seconds()))...))
		}
	case e.Kind == prom.EventRetry:
		if span.IsRecording() {
			span.AddEvent("retry", trace.WithTimestamp(e.Start), trace.WithAttributes(
				withError(e.Err, keyOperation.String(e.Op), keyAttempt.Int(e.Attempt))...))
		}
	case e.Batched:
		o.endBatched(ctx, span, e)
	case hasSpan(e.Kind):
		operation, table := describe.Call(ctx, e)
		o.meters.record(ctx, d, e, operation, table)
		o.endSpan(span, e, operation, table)
	}
}

// endBatched tells of a statement of a batch as an event of the batch's span.
func (o *observer) endBatched(ctx context.Context, span trace.Span, e *prom.Event) {
	describe.AddToBatch(ctx, e)
	if !span.IsRecording() {
		return
	}
	operation := describe.Operation(e)
	attrs := withError(e.Err, semconv.DBOperationName(operation),
		semconv.DBQuerySummary(describe.Summary(operation, e.Table)))
	if e.SQL != "" && !o.noText {
		attrs = append(attrs, semconv.DBQueryText(e.SQL))
	}
	span.AddEvent("statement", trace.WithAttributes(attrs...))
}

// endSpan ends the span of an event, of which more is known by now.
func (o *observer) endSpan(span trace.Span, e *prom.Event, operation, table string) {
	if span.IsRecording() {
		if e.Kind == prom.EventBatch || e.Kind == prom.EventCopy {
			name := describe.Summary(operation, table)
			span.SetName(name)
			span.SetAttributes(semconv.DBOperationName(operation), semconv.DBQuerySummary(name))
			if table != "" {
				span.SetAttributes(semconv.DBCollectionName(table))
			}
			if e.Kind == prom.EventCopy && !o.noText {
				span.SetAttributes(semconv.DBQueryText(e.SQL))
			}
		}
		if e.Batch > 1 {
			span.SetAttributes(semconv.DBOperationBatchSize(e.Batch))
		}
		if describe.Returns(e, operation) {
			span.SetAttributes(semconv.DBResponseReturnedRows(int(e.Rows)))
		}
		if describe.Changes(e, operation) {
			span.SetAttributes(keyAffected.Int64(e.Rows))
		}
		if e.Bytes > 0 {
			span.SetAttributes(keyBytes.Int64(e.Bytes))
		}
		if e.Err != nil {
			span.SetAttributes(withError(e.Err)...)
			span.SetStatus(codes.Error, describe.Message(e.Err))
		}
	}
	span.End(trace.WithTimestamp(e.Start.Add(e.Duration)))
}

// hasSpan reports whether an event is a span: it is a part of the time of a call, and not a moment.
func hasSpan(k prom.EventKind) bool { return k != prom.EventWait && k != prom.EventRetry }

// withError adds what is told of an error, nil for none.
func withError(err error, attrs ...attribute.KeyValue) []attribute.KeyValue {
	if err == nil {
		return attrs
	}
	attrs = append(attrs, semconv.ErrorTypeKey.String(describe.ErrorType(err)))
	if code := describe.StatusCode(err); code != "" {
		attrs = append(attrs, semconv.DBResponseStatusCode(code))
	}
	return attrs
}
