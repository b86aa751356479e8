package promotel

import (
	"context"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// Trace returns the traceparent, and the tracestate if there is one, of the span of ctx, for the field Trace of
// [prom.SQLComment]. It returns nil if the span is not sampled. With [Observer] the span is that of the statement.
func Trace(ctx context.Context) map[string]string {
	if !trace.SpanContextFromContext(ctx).IsSampled() {
		return nil
	}
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	return carrier
}
