package cookbook

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promtest"
)

func TestHandlers(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *stocked) {
		s.goods(ctx)
		h := s.Handler()
		for _, tt := range []struct {
			method, path, body string
			status             int
			says               string
		}{
			{"GET", "/products", "", 200, `"Total":3`},
			{"GET", "/products/1", "", 200, `"sku":"tea"`},
			{"GET", "/products/9", "", 404, "not found"},
			{"POST", "/products", `{"sku": "jar", "name": "Jar", "price": "9"}`, 201, `"sku":"jar"`},
			{"POST", "/products", `{"sku": "jar", "name": "Jar", "price": "9"}`, 409, "faster"},
			{"POST", "/products", `{"sku": "", "name": "", "price": "9"}`, 422, `"Field":"Name"`},
		} {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, tt.method, tt.path, strings.NewReader(tt.body)))
			s.Equal(w.Code, tt.status)
			s.True(strings.Contains(w.Body.String(), tt.says))
		}
	})
}

func TestReady(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		w := httptest.NewRecorder()
		ready(s.db)(w, httptest.NewRequestWithContext(ctx, "GET", "/readyz", nil))
		s.Equal(w.Code, http.StatusOK)
	})
}

func TestOpen(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		db, err := open(s.e.With("#cookbook-"+s.e.Name), slog.New(slog.DiscardHandler))
		s.NoErr(err)
		s.NoErr(NewShop(db).Products.Create(ctx, &Product{SKU: "x", Name: "X", Price: "1"}))
		s.NoErr(db.Close())
	})
}

func TestArchive(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *stocked) {
		people, _ := s.bought(prom.WithActor(ctx, "ada"))
		second, err := new(prom.Registry).Open("sqlite://" + filepath.ToSlash(filepath.Join(t.TempDir(), "old.db")))
		s.NoErr(err)
		defer second.Close()
		old := NewShop(second)
		copied := Customer{Email: "ada@example.com", Name: "Ada", Level: Gold}
		copied.ID = people[0].ID
		s.NoErr(old.Customers.Upsert(ctx, &copied))
		n, err := archive(ctx, s.Orders, s.Orders.Using(second), at(9, 0))
		s.NoErr(err)
		s.Equal(n, 1)
		left, err := s.Orders.Count(ctx)
		s.NoErr(err)
		moved, err := old.Orders.All(ctx)
		s.NoErr(err)
		s.Equal(left, 3)
		s.Equal(totals(moved), []string{"10.00"})
		s.Equal(moved[0].CreatedBy, "ada")
	})
}

func TestTenants(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *stocked) {
		tenants := prom.NewTenants(func(_ context.Context, id string) (string, error) {
			return "sqlite://" + filepath.ToSlash(filepath.Join(t.TempDir(), id+".db")), nil
		}, prom.TenantOptions{})
		if s.e.Name == dbtest.NamePostgres {
			e := s.e.Schemas(t)
			admin, err := new(prom.Registry).Open(e.DSN)
			s.NoErr(err)
			defer admin.Close()
			base, _, _ := strings.Cut(e.DSN, "?")
			tenants = schemas(admin, base)
			_, err = productsOf(ctx, tenants, s.Products, `x"; DROP`)
			s.True(err != nil)
		}
		defer tenants.Close()
		for _, id := range []string{"a", "b"} {
			products, err := productsOf(ctx, tenants, s.Products, id)
			s.NoErr(err)
			s.NoErr(products.Create(ctx, &Product{SKU: "same", Name: id, Price: "1"}))
			n, err := products.Count(ctx)
			s.NoErr(err)
			s.Equal(n, 1)
		}
	})
}

func TestTenantColumn(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		people, orders := s.bought(ctx)
		ada, bob := Account{s.Shop, people[0].ID}, Account{s.Shop, people[1].ID}
		s.NoErr(bob.Place(ctx, &Order{Customer: prom.RefTo(&people[0]), State: "open", Total: "2.00"}))
		for account, want := range map[Account]int{ada: 3, bob: 2} {
			n, err := account.Orders().Count(ctx)
			s.NoErr(err)
			s.Equal(n, want)
		}
		_, err := bob.Orders().Get(ctx, orders[0].ID) // Ada's
		s.True(errors.Is(err, prom.ErrNotFound))
	})
}

func TestCache(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		tea := s.goods(ctx)[0]
		get := func() string {
			p, err := s.cache.Get(ctx, s.Products, tea.ID)
			s.NoErr(err)
			return p.Name
		}
		s.Equal(get(), "Green tea")
		_, err := prom.RawExec(ctx, s.Products, "UPDATE product SET name = 'Raw'") // not seen
		s.NoErr(err)
		s.Equal(get(), "Green tea")
		_, err = s.Products.Where(productSKU.Eq("tea")).Update(ctx, productName.Set("Black tea"))
		s.NoErr(err)
		s.Equal(get(), "Black tea")
	})
}

// Each test has a database of its own, with rows that a factory makes up.
func TestOrders(t *testing.T) {
	t.Parallel()
	db := promtest.DB(t)
	orders := promtest.New[Order](db)
	orders.CreateMany(t, 10)                                 // at a customer that is made up too
	orders.Create(t, func(o *Order) { o.Total = "1000.00" }) // and one that the test is about

	large, err := orders.Repo().Where(orderTotal.Gte("1000")).One(t.Context())
	if err != nil || large.Total != "1000.00" {
		t.Fatal(large, err)
	}
}

// A test in a transaction that is rolled back at its end: the database may be shared.
func TestRolledBack(t *testing.T) {
	t.Parallel()
	db := promtest.DB(t)
	ctx := promtest.Rollback(t, t.Context(), db)
	s := NewShop(db)
	if err := s.Products.Create(ctx, &Product{SKU: "tea", Name: "Tea", Price: "4.50"}); err != nil {
		t.Fatal(err)
	}
}
