package prom_test

import (
	"context"
	"errors"
	"fmt"
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
