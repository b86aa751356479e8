package install_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"fmt"
	"time"
)

func watch(t *testing.T, dsn string) {
	go func() {
		c, err := pgx.Connect(context.Background(), dsn)
		if err != nil { return }
		defer c.Close(context.Background())
		for i := 0; i < 60; i++ {
			time.Sleep(20*time.Millisecond)
			rows, _ := c.Query(context.Background(), `select coalesce(relation::regclass::text,locktype), mode, granted, left(query,70), state, pg_blocking_pids(l.pid)::text, l.pid from pg_locks l join pg_stat_activity a using(pid) where not granted or l.pid = any(select unnest(pg_blocking_pids(x.pid)) from pg_locks x where not x.granted)`)
			for rows.Next() { v, _ := rows.Values(); fmt.Println(i, v) }
		}
	}()
}
