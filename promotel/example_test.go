package promotel_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"slices"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/promotel"
	"github.com/prom-go/prom/promotel/promprometheus"
)

// Order is a model of the examples.
type Order struct {
	prom.Model
	Item   string
	Amount int
}

// Stock is another.
type Stock struct {
	Item string `prom:"key"`
	Left int
}

// A request in a transaction, with a nested one and a batch, as a trace.
func Example() {
	spans := tracetest.NewSpanRecorder()
	tracing := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans))
	db, err := prom.Open("sqlite://:memory:#shop", prom.Observe(promotel.Observer(promotel.TracerProvider(tracing))))
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	ctx := context.Background()
	orders, stocks := prom.NewRepo[Order](prom.Using(db)), prom.NewRepo[Stock](prom.Using(db))
	if err := stocks.Create(ctx, &Stock{Item: "tea", Left: 3}); err != nil {
		log.Fatal(err)
	}
	if err := orders.Create(ctx, &Order{Item: "pot"}); err != nil {
		log.Fatal(err)
	}
	place := func(ctx context.Context) error {
		return db.Tx(ctx, func(ctx context.Context) error {
			stock, err := stocks.Get(ctx, "tea")
			if err != nil {
				return err
			}
			stock.Left--
			if err := stocks.Update(ctx, stock); err != nil {
				return err
			}
			return db.Tx(ctx, func(ctx context.Context) error {
				var b prom.Batch
				prom.Queue(&b, orders).Create(&Order{Item: "tea", Amount: 1})
				prom.Queue(&b, orders).Create(&Order{Item: "sugar", Amount: 2})
				return b.Run(ctx)
			})
		})
	}
	if err := place(ctx); err != nil { // the first one also creates and looks at the tables
		log.Fatal(err)
	}
	spans.Reset()

	ctx, request := tracing.Tracer("shop").Start(ctx, "POST /orders", trace.WithSpanKind(trace.SpanKindServer))
	if err := place(ctx); err != nil {
		log.Fatal(err)
	}
	request.End()
	printTrace(spans.Ended())
	// Output:
	// POST /orders
	//   transaction
	//     BEGIN
	//     SELECT stock  rows=1
	//     UPDATE stock
	//     transaction
	//       SAVEPOINT
	//       BATCH INSERT order  statements=2
	//         transaction
	//           SAVEPOINT
	//           RELEASE
	//         · INSERT order
	//         · INSERT order
	//       RELEASE
	//     COMMIT
}

// printTrace prints spans below their parents, and events with a dot.
func printTrace(spans []sdktrace.ReadOnlySpan) {
	slices.SortStableFunc(spans, func(a, b sdktrace.ReadOnlySpan) int { return a.StartTime().Compare(b.StartTime()) })
	var print func(parent trace.SpanID, indent string)
	print = func(parent trace.SpanID, indent string) {
		for _, s := range spans {
			if s.Parent().SpanID() != parent {
				continue
			}
			line := indent + s.Name()
			for _, a := range s.Attributes() {
				switch a.Key {
				case "db.response.returned_rows":
					line += "  rows=" + a.Value.String()
				case "db.operation.batch.size":
					line += "  statements=" + a.Value.String()
				}
			}
			fmt.Println(line)
			print(s.SpanContext().SpanID(), indent+"  ")
			for _, e := range s.Events() {
				for _, a := range e.Attributes {
					if a.Key == attribute.Key("db.query.summary") {
						fmt.Println(indent + "  · " + a.Value.AsString())
					}
				}
			}
		}
	}
	print(trace.SpanID{}, "")
}

// Traces and metrics of a connection, the figures of its pool, and comments that name the route and the trace.
func ExampleObserver() {
	routeOf := func(context.Context) string { return "/orders/{id}" }

	telemetry := prom.Observe(promotel.Observer())
	comments := prom.SQLComments(func(ctx context.Context) prom.SQLComment {
		return prom.SQLComment{
			Tags:  map[string]string{"application": "shop", "route": routeOf(ctx)},
			Trace: promotel.Trace(ctx),
		}
	})
	db, err := prom.Open("sqlite://:memory:#observed", telemetry, comments)
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	if _, err := promotel.RegisterPool(db); err != nil {
		log.Fatal(err)
	}
	fmt.Println(db.Ping(context.Background()))
	// Output: <nil>
}

// The same figures for Prometheus.
func Example_prometheus() {
	figures := promprometheus.New()
	prometheus.MustRegister(figures)
	db, err := prom.Open("sqlite://:memory:#scraped", prom.Observe(figures))
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	figures.Watch(db)
	http.Handle("/metrics", promhttp.Handler())
	fmt.Println(db.Ping(context.Background()))
	// Output: <nil>
}
