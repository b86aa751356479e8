package promtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/core"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/schema"
)

// Models creates the tables of the given repos, and those that they refer to, before [DB] returns. The repos may be of
// any connection. On PostgreSQL this is faster than installation at the first use: the first test of the process that
// asks for these models records the statements, and later databases get all of them in one round trip.
func Models(repos ...prom.AnyRepo) Option {
	return func(o *options) { o.models = append(o.models, repos...) }
}

// recording is what installing models on a server takes.
type recording struct {
	mu         sync.Mutex
	done       bool
	statements []recorded
}

type recorded struct {
	sql  string
	args []any
}

// recordings are kept for the process, since its models do not change.
var recordings sync.Map // recordingKey → *recording

type recordingKey struct{ server, models string }

// keyOf tells the models of repos apart from others: their tables are the same in a process.
func keyOf(repos []prom.AnyRepo) (key string, ok bool) {
	var tables []string
	for _, r := range repos {
		t := r.Schema()
		if space, _ := schema.SplitName(t.Name); space != "" {
			return "", false // its table is not in the schema of the test
		}
		tables = append(tables, t.Name+"\x00"+t.Model.PkgPath()+"\x00"+t.Model.String())
	}
	slices.Sort(tables)
	return strings.Join(tables, "\n"), true
}

// makeSchema makes the schema of a database, with the tables of models.
func makeSchema(ctx context.Context, d *prom.DB, server, name, dsn string, models []prom.AnyRepo) error {
	create := recorded{sql: "CREATE SCHEMA " + name}
	key, ok := keyOf(models)
	if len(models) == 0 || !ok {
		if err := run(ctx, d, create); err != nil {
			return err
		}
		return install(ctx, d, models)
	}
	known, _ := recordings.LoadOrStore(recordingKey{server, key}, &recording{})
	r := known.(*recording)
	r.mu.Lock()
	if r.done {
		r.mu.Unlock()
		return run(ctx, d, append([]recorded{create}, r.statements...)...)
	}
	defer r.mu.Unlock() // who comes meanwhile waits for the recording
	err := run(ctx, d, create)
	if err == nil {
		r.statements, err = record(ctx, dsn, models)
	}
	r.done = err == nil
	return err
}

// record installs models, and returns the statements that did.
func record(ctx context.Context, dsn string, repos []prom.AnyRepo) (list []recorded, err error) {
	var mu sync.Mutex
	d, err := new(prom.Registry).Open(dsn, prom.LogArgs(), prom.OnEvent(func(_ context.Context, e *prom.Event) {
		if e.Kind == prom.EventStatement && e.Op == "install" && e.Table != "" && e.Err == nil {
			mu.Lock()
			defer mu.Unlock()
			list = append(list, recorded{e.SQL, slices.Clone(e.Args)})
		}
	}))
	if err != nil {
		return nil, err
	}
	err = install(ctx, d, repos)
	return list, errors.Join(err, d.Close())
}

// install makes the tables of repos on a database.
func install(ctx context.Context, d *prom.DB, repos []prom.AnyRepo) error {
	for _, r := range repos {
		if err := core.Of(r).Using((*db.DB)(d)).Install(ctx); err != nil {
			return err
		}
	}
	return nil
}

// warm has a connection ask what the first call of each repo asks, so that the server has read its catalog.
func warm(ctx context.Context, d *prom.DB, repos []prom.AnyRepo) error {
	if len(repos) == 0 {
		_, err := d.Tables(ctx)
		return err
	}
	for _, r := range repos {
		if _, err := core.Of(r).Using((*db.DB)(d)).Exists(ctx); err != nil {
			return err
		}
	}
	return nil
}

// run runs statements on a PostgreSQL server in one round trip and one transaction. A statement may need what the one
// before it makes.
func run(ctx context.Context, d *prom.DB, list ...recorded) error {
	pool, err := prom.PgxPool(ctx, d)
	if err != nil {
		return err
	}
	c, err := pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer c.Release()
	var b pgconn.Batch
	for _, st := range list {
		args := make([][]byte, len(st.args))
		for i, a := range st.args {
			if args[i], err = argText(a); err != nil {
				return err
			}
		}
		b.ExecParams(st.sql, args, nil, nil, nil)
	}
	return c.Conn().PgConn().ExecBatch(ctx, &b).Close()
}

// argText returns an argument as PostgreSQL reads it.
func argText(arg any) ([]byte, error) {
	switch x := arg.(type) {
	case nil:
		return nil, nil
	case string:
		return []byte(x), nil
	case time.Time:
		return []byte(x.Format(time.RFC3339Nano)), nil
	case bool, int64:
		return fmt.Append(nil, x), nil
	}
	return nil, fmt.Errorf("an installation has an argument of type %T", arg)
}
