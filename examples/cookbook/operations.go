package cookbook

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"strconv"
	"sync"
	"time"

	"github.com/prom-go/prom"
)

// Shop has the repos of the service. Make it once, and share it between all goroutines.
type Shop struct {
	Customers *prom.Repo[Customer]
	Products  *prom.Repo[Product]
	Orders    *prom.Repo[Order]
	Lines     *prom.Repo[Line]
}

// NewShop returns the repos on a connection.
func NewShop(db *prom.DB) *Shop {
	return &Shop{
		Customers: prom.NewRepo[Customer](prom.Using(db)),
		Products:  prom.NewRepo[Product](prom.Using(db)),
		Orders:    prom.NewRepo[Order](prom.Using(db)),
		Lines:     prom.NewRepo[Line](prom.Using(db)),
	}
}

// Handler serves the shop.
func (s *Shop) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /products", s.listProducts)
	mux.HandleFunc("GET /products/{id}", s.getProduct)
	mux.HandleFunc("POST /products", s.createProduct)
	return mux
}

// The context of a request ends when the client goes away, and with it the query.
func (s *Shop) listProducts(w http.ResponseWriter, r *http.Request) {
	number, _ := strconv.Atoi(r.URL.Query().Get("page"))
	page, err := pageOf(r.Context(), s.Products, max(number, 1))
	answer(w, r, http.StatusOK, page, err)
}

func (s *Shop) getProduct(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		http.Error(w, "the id is not a number", http.StatusBadRequest)
		return
	}
	p, err := s.Products.Get(r.Context(), id)
	answer(w, r, http.StatusOK, p, err)
}

// Decode into a struct of the fields that a client may set, not into the model.
func (s *Shop) createProduct(w http.ResponseWriter, r *http.Request) {
	var in struct{ SKU, Name, Price string }
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&in); err != nil {
		http.Error(w, "the body is not JSON", http.StatusBadRequest)
		return
	}
	p := Product{SKU: in.SKU, Name: in.Name, Price: in.Price}
	answer(w, r, http.StatusCreated, &p, s.Products.Create(r.Context(), &p))
}

// answer writes the body, or the status of the error.
func answer(w http.ResponseWriter, r *http.Request, status int, body any, err error) {
	if err != nil {
		status, body = problem(r.Context(), err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client may be gone
}

// problem is what a client is told of an error.
func problem(ctx context.Context, err error) (status int, body any) {
	var broken prom.Violations
	switch {
	case errors.Is(err, prom.ErrNotFound):
		return http.StatusNotFound, "not found"
	case errors.As(err, &broken):
		return http.StatusUnprocessableEntity, broken // field and reason of each broken rule, without values
	case errors.Is(err, prom.ErrUnique), errors.Is(err, prom.ErrStale):
		return http.StatusConflict, "somebody else was faster"
	case errors.Is(err, prom.ErrBusy), errors.Is(err, prom.ErrTimeout), errors.Is(err, prom.ErrConnection):
		status = http.StatusServiceUnavailable
	default:
		status = http.StatusInternalServerError
	}
	slog.ErrorContext(ctx, "request failed", "error", err)
	return status, http.StatusText(status)
}

// ready answers a readiness probe: whether the database answers within a second.
func ready(db *prom.DB) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), time.Second)
		defer cancel()
		if h := db.Health(ctx); h.Err != nil {
			slog.WarnContext(ctx, "not ready", "connection", h.Name, "error", h.Err)
			http.Error(w, "not ready", http.StatusServiceUnavailable)
		}
	}
}

// open opens the database with the limits and the log of a service.
func open(dsn string, log *slog.Logger) (*prom.DB, error) {
	return prom.Open(dsn,
		prom.StatementTimeout(10*time.Second), // a query that is slower ends
		prom.LockTimeout(3*time.Second),       // and one that waits for a lock
		prom.CallTimeout(15*time.Second),      // a call whose context has no deadline
		prom.Logger(log), prom.LogSlow(200*time.Millisecond))
}

// archive moves the sent orders of before to another database. No transaction spans both, so a row is deleted when its
// copy is committed, and copying it again changes nothing.
func archive(ctx context.Context, orders, archived *prom.Repo[Order], before time.Time) (n int, err error) {
	for o, err := range orders.Where(orderState.Eq("sent"), orderPlaced.Lt(before)).Each(ctx) {
		if err != nil {
			return n, err
		}
		old := *o
		old.UUIDModel = prom.UUIDModel{ID: o.ID, Created: o.Created, Updated: o.Updated} // as a new value
		if err := archived.Upsert(ctx, &old); err != nil {
			return n, err
		}
		if err := orders.Delete(ctx, o); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

var tenantName = regexp.MustCompile(`^[a-z0-9_]{1,40}$`)

// schemas keeps each customer of a service in a schema of its own, which is made when it is first used.
func schemas(admin *prom.DB, dsn string) *prom.Tenants {
	return prom.NewTenants(func(ctx context.Context, id string) (string, error) {
		if !tenantName.MatchString(id) { // an id of a request may be anything
			return "", errors.New("no such tenant")
		}
		_, err := prom.RawExec(ctx, admin, `CREATE SCHEMA IF NOT EXISTS "tenant_`+id+`"`)
		return dsn + "?search_path=tenant_" + id, err
	}, prom.TenantOptions{MaxConns: 50})
}

// productsOf returns the repo of a tenant.
func productsOf(
	ctx context.Context, tenants *prom.Tenants, products *prom.Repo[Product], id string,
) (*prom.Repo[Product], error) {
	db, err := tenants.DB(ctx, id)
	if err != nil {
		return nil, err
	}
	return products.Using(db), nil
}

// Account is what one customer of the service may see and change. Handlers get one, and no repos.
type Account struct {
	shop     *Shop
	customer int64
}

// Orders are the customer's orders. They can be filtered, ordered, changed and deleted further.
func (a Account) Orders() *prom.Query[Order] {
	return a.shop.Orders.Where(orderCustomer.Eq(a.customer))
}

// Place stores an order of the customer, whatever reference it came with.
func (a Account) Place(ctx context.Context, o *Order) error {
	o.Customer = prom.NewRef[Customer](a.customer)
	return a.shop.Orders.Create(ctx, o)
}

// Cache keeps products in memory. Open the connection with prom.OnCommit(cache.Forget).
type Cache struct {
	mu   sync.Mutex
	kept map[int64]*cached
}

type cached struct{ product *Product } // nil while it is read

// Get returns a product from memory, or reads it. Callers share the value and must not change it. Do not use it in a
// transaction that changes products: what it reads there may be rolled back.
func (c *Cache) Get(ctx context.Context, products *prom.Repo[Product], id int64) (*Product, error) {
	c.mu.Lock()
	e := c.kept[id]
	if e == nil {
		e = &cached{}
		if c.kept == nil {
			c.kept = map[int64]*cached{}
		}
		c.kept[id] = e
	}
	p := e.product
	c.mu.Unlock()
	if p != nil {
		return p, nil
	}
	p, err := products.Get(ctx, id)
	c.mu.Lock()
	defer c.mu.Unlock()
	e.product = p // if Forget has dropped e meanwhile, nobody finds it any more
	return p, err
}

// Forget drops what this program has changed, in whatever way, after its commit.
func (c *Cache) Forget(_ context.Context, what prom.Committed) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if what.Table == "product" {
		for _, key := range what.Keys {
			delete(c.kept, key[0].(int64))
		}
	}
}
