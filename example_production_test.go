package prom_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"github.com/prom-go/prom"
)

// Production connections have limits for waiting and running. Each is an option of the DSN too.
func ExampleCallTimeout() {
	const dsn = "sqlite://:memory:#limits"

	db, err := prom.Open(dsn,
		prom.LockTimeout(3*time.Second),
		prom.StatementTimeout(10*time.Second),
		prom.CallTimeout(15*time.Second),
		prom.IdleInTransactionTimeout(30*time.Second))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()

	// A context with a deadline counts instead of call_timeout.
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	endless := "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
	_, err = prom.RawQuery[int](db, endless).First(ctx)
	fmt.Println(errors.Is(err, prom.ErrTimeout))
	// Output: true
}

// A readiness probe checks the connections. A liveness probe does not.
func ExampleRegistry_Health() {
	var app prom.Registry
	defer app.Close()
	if _, err := app.Open("sqlite://:memory:#orders"); err != nil {
		fmt.Println(err)
		return
	}

	readiness := func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), time.Second)
		defer cancel()
		for _, h := range app.Health(ctx) { // prom.CheckHealth(ctx) for the default registry
			if h.Err != nil {
				slog.WarnContext(ctx, "not ready", "connection", h.Name, "error", h.Err)
				http.Error(w, "not ready", http.StatusServiceUnavailable)
				return
			}
		}
		fmt.Fprintln(w, "ready")
	}
	http.HandleFunc("/readyz", readiness)
	http.HandleFunc("/livez", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "alive") })

	answer := httptest.NewRecorder()
	http.DefaultServeMux.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	fmt.Println(answer.Code, answer.Body)
	// Output: 200 ready
}

// Each customer has a file of its own. On PostgreSQL it would be a database, or a schema by search_path.
func ExampleTenants() {
	dir, err := os.MkdirTemp("", "tenants")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)

	type Invoice struct {
		prom.Model
		Total int
	}
	invoices := prom.NewRepo[Invoice]()

	tenants := prom.NewTenants(func(ctx context.Context, id string) (string, error) {
		if !filepath.IsLocal(id) { // an id of a request may be anything
			return "", errors.New("no such customer")
		}
		return "sqlite://" + filepath.Join(dir, id+".db"), nil
	}, prom.TenantOptions{MaxConns: 60}, prom.CallTimeout(15*time.Second))
	defer tenants.Close()

	bill := func(ctx context.Context, customer string, total int) error {
		db, err := tenants.DB(ctx, customer)
		if err != nil {
			return err
		}
		return invoices.Using(db).Create(ctx, &Invoice{Total: total})
	}

	ctx := context.Background()
	for _, customer := range []string{"acme", "globex", "acme"} {
		if err := bill(ctx, customer, 100); err != nil {
			fmt.Println(err)
			return
		}
	}
	acme, err := tenants.DB(ctx, "acme")
	if err != nil {
		fmt.Println(err)
		return
	}
	n, err := invoices.Using(acme).Query().Count(ctx)
	fmt.Println(n, err, tenants.Stats().Open)
	// Output: 2 <nil> 2
}

// The tenant of a request is in its context: a middleware sets it, and one function gives the repos of a tenant.
func ExampleTenants_From() {
	dir, err := os.MkdirTemp("", "tenants")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	type Invoice struct {
		prom.Model
		Total int
	}
	type Payment struct {
		prom.Model
		Invoice prom.Ref[Invoice]
	}
	tenants := prom.NewTenants(func(_ context.Context, id string) (string, error) {
		return "sqlite://" + filepath.Join(dir, id+".db"), nil
	}, prom.TenantOptions{})
	defer tenants.Close()

	type repos struct {
		invoices *prom.Repo[Invoice]
		payments *prom.Repo[Payment]
	}
	all := repos{prom.NewRepo[Invoice](), prom.NewRepo[Payment]()}
	reposOf := func(ctx context.Context) (repos, error) {
		db, err := tenants.From(ctx)
		if err != nil {
			return repos{}, err
		}
		return repos{all.invoices.Using(db), all.payments.Using(db)}, nil
	}
	inTenant := func(next http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			next(w, r.WithContext(tenants.With(r.Context(), r.PathValue("customer"))))
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /{customer}/invoices", inTenant(func(w http.ResponseWriter, r *http.Request) {
		of, err := reposOf(r.Context())
		if err == nil {
			err = of.invoices.Create(r.Context(), &Invoice{Total: 100})
		}
		fmt.Fprint(w, err)
	}))

	for _, customer := range []string{"acme", "globex", "acme"} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/"+customer+"/invoices", nil))
		fmt.Print(w.Body, " ")
	}
	of, err := reposOf(tenants.With(context.Background(), "acme"))
	if err != nil {
		fmt.Println(err)
		return
	}
	n, err := of.invoices.Query().Count(context.Background())
	fmt.Println(n, err)
	_, err = reposOf(context.Background())
	fmt.Println(err)
	// Output:
	// <nil> <nil> <nil> 2 <nil>
	// prom: a tenant without a name: every call needs its tenant
}
