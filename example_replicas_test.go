package prom_test

import (
	"context"
	"fmt"
	"log"
	"log/slog"

	"github.com/prom-go/prom"
)

type Draft struct {
	prom.Model
	Title string
}

// request handles a request that writes and reads. The cookie is the position of the request before, and comes back as
// that of the next one.
func request(ctx context.Context, drafts *prom.Repo[Draft], cookie string) (string, error) {
	// A scope for each request, which continues where the request before it ended. A text that is no position is an
	// error, and the scope begins anew.
	ctx, err := prom.ReadScopeAt(ctx, cookie)
	if err != nil {
		slog.WarnContext(ctx, "read scope", "error", err)
	}
	if err := drafts.Create(ctx, &Draft{Title: "a"}); err != nil {
		return "", err
	}
	n, err := drafts.Count(ctx) // by a standby that has the new row, or the primary
	if err != nil {
		return "", err
	}
	fmt.Println(n, "drafts")
	return prom.ReadPosition(ctx)
}

// A request sees what the request before has written, whichever server answers. On SQLite there is one.
func ExampleReadScopeAt() {
	db, err := prom.Open("sqlite://:memory:#drafts")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	drafts := prom.NewRepo[Draft](prom.Using(db))
	cookie := ""
	for range 2 {
		if cookie, err = request(context.Background(), drafts, cookie); err != nil {
			log.Fatal(err)
		}
	}
	// Output:
	// 1 drafts
	// 2 drafts
}
