package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dsn"
)

// A pool is made from the DSN, where the program may have a word in its configuration, or it is the program's own. In
// its own pool prom looks at each connection when it is made. A pool of the program's is left as it is: prom looks at a
// connection when it first uses it, see [session.look].

// settings are what the configuration of a connection says about how statements are run.
type settings struct {
	direct bool // by a session, and not by pgx
	simple bool // by the simple protocol, which takes several in one text
	texts  bool // results are sent as text, because their types are not known when they are asked for
	pooler poolerMode
	// pgx asks for the types of a result before it chooses their formats, by what is registered for them with the
	// connection, which may be the program's own types
	chooses bool
	resets  bool // hooks of the program may change the session when the connection is given back or taken
}

func settingsOf(cfg *pgx.ConnConfig) settings {
	s := settings{direct: goesDirect(cfg), pooler: poolerPgx, resets: true}
	switch cfg.DefaultQueryExecMode {
	case pgx.QueryExecModeCacheStatement:
		s.pooler = poolerUnnamed
	case pgx.QueryExecModeDescribeExec:
		s.pooler = poolerForbidden
	case pgx.QueryExecModeSimpleProtocol:
		s.simple, s.texts = true, true
	case pgx.QueryExecModeExec:
		s.texts = true
	}
	s.chooses = !s.direct && !s.texts
	return s
}

// goesDirect reports whether the settings leave the direct way open: prepared statements that are kept. Hooks of the
// pool and tracers do not close it.
func goesDirect(cfg *pgx.ConnConfig) bool {
	return cfg.DefaultQueryExecMode == pgx.QueryExecModeCacheStatement && cfg.StatementCacheCapacity > 0
}

// withOwnTypes returns settings for connections on which the program has registered no types: prom's are.
func (s settings) withOwnTypes() settings {
	s.chooses = false
	return s
}

// makePool makes the pool of a DSN.
func makePool(ctx context.Context, d dsn.DSN, configure []func(*pgxpool.Config) error,
	w driver.Watcher) (*engine, error) {
	cfg, err := dsn.PoolConfig(d)
	if err != nil {
		return nil, err
	}
	for _, fn := range configure {
		if err := fn(cfg); err != nil {
			return nil, driver.Unsent(&driver.Error{Kind: driver.KindConnection,
				Detail: "the function of ConfigurePool failed", Err: err})
		}
	}
	hooks := cfg.Copy()
	hooks.PrepareConn = prepareConn(cfg)
	WatchCertificate(cfg.ConnConfig)
	over := expectFailover(d, cfg)
	s := settingsOf(cfg.ConnConfig)
	if mode, _ := dsn.Lookup(d, "default_query_exec_mode"); mode == "cache_statement" && s.pooler == poolerUnnamed {
		s.pooler = poolerFollows
	}
	if hooks.AfterConnect == nil {
		s = s.withOwnTypes()
	}
	s.resets = resets(hooks)
	e := &engine{settings: s, most: cfg.MaxConns, connecting: cfg.ConnConfig, hooks: hooks, watch: w,
		failover: over}
	cfg.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		preferTexts(c)
		over.begin(c)
		e.doubts.begin(c)
		if hooks.AfterConnect != nil {
			if err := hooks.AfterConnect(ctx, c); err != nil {
				return err
			}
		}
		if err := e.met(ctx, c); err != nil {
			return err
		}
		return sessionOf(c).look(ctx, c, s)
	}
	if cfg.ShouldPing == nil {
		cfg.ShouldPing = shouldPing
	}
	watchConnections(cfg, w)
	before := cfg.BeforeClose
	cfg.BeforeClose = func(c *pgx.Conn) {
		if before != nil {
			before(c)
		}
		e.live.Delete(c)
		e.beforeClose(c)
	}
	// The pool outlives the call that happens to make it.
	if e.pool, err = pgxpool.NewWithConfig(context.WithoutCancel(ctx), cfg); err != nil {
		return nil, ErrorOf(err)
	}
	over.pool.Store(e.pool)
	return e, nil
}

// joinPool returns the engine of a pool of the program's.
func joinPool(pool *pgxpool.Pool, w driver.Watcher) *engine {
	cfg := pool.Config()
	s := settingsOf(cfg.ConnConfig)
	cfg.PrepareConn = prepareConn(cfg)
	s.resets = resets(cfg)
	return &engine{pool: pool, foreign: true, settings: s, most: cfg.MaxConns, connecting: cfg.ConnConfig, hooks: cfg,
		watch: w}
}

// resets reports whether a pool has hooks that are called when a connection is given back or taken.
func resets(cfg *pgxpool.Config) bool {
	return cfg.AfterRelease != nil || cfg.PrepareConn != nil
}

// prepareConn returns the hook of a pool that is called when a connection is taken.
func prepareConn(cfg *pgxpool.Config) func(context.Context, *pgx.Conn) (bool, error) {
	//lint:ignore SA1019 as long as pgx calls it
	before := cfg.BeforeAcquire
	if cfg.PrepareConn != nil || before == nil {
		return cfg.PrepareConn
	}
	return func(ctx context.Context, c *pgx.Conn) (bool, error) { return before(ctx, c), nil }
}

// acquire takes a connection of the pool. One that breaks when it is looked at makes room for another.
func (e *engine) acquire(ctx context.Context) (*pgxpool.Conn, error) {
	c, broken, err := e.acquireOnce(ctx)
	if broken && ctx.Err() == nil {
		c, _, err = e.acquireOnce(ctx)
	}
	return c, err
}

func (e *engine) acquireOnce(ctx context.Context) (_ *pgxpool.Conn, broken bool, _ error) {
	start := e.asks()
	c, err := e.ask(ctx)
	if err != nil {
		err = e.awaitServer(ctx, acquireError(err), func() error {
			c, err = e.ask(ctx)
			return acquireError(err)
		})
	}
	e.took(ctx, start, err)
	if err != nil {
		return nil, false, err
	}
	if e.foreign || e.resets {
		first := !sessionOf(c.Conn()).looked
		if err := lookAt(ctx, c.Conn(), e.settings); err != nil {
			broken = c.Conn().IsClosed()
			giveBack(c, err)
			return nil, broken, err
		}
		if first && e.watch != nil { // of a pool that does not tell when it makes one
			e.watch.Connected(ctx, start, nil)
		}
	}
	return c, false, nil
}

// ask waits for a connection of the pool, and is counted meanwhile.
func (e *engine) ask(ctx context.Context) (c *pgxpool.Conn, err error) {
	e.asking.Add(1)
	defer e.asking.Add(-1)
	take := func() (err error) {
		c, err = e.pool.Acquire(ctx)
		return err
	}
	for range e.most + 1 { // one after the other, all may be broken
		if err = e.login(ctx, take); err != nil || !e.foreign || !e.suspects(c.Conn()) || c.Ping(ctx) == nil {
			break
		}
		c.Release()
	}
	return c, err
}

// loginWaits are the times before a login is tried again with what BeforeConnect says then.
var loginWaits = []time.Duration{10 * time.Millisecond, 50 * time.Millisecond, 250 * time.Millisecond}

// login connects. If a hook gives the password, one that is refused may have changed since the hook was called, or the
// hook may learn of the change a moment later than the server: then it is tried again.
func (e *engine) login(ctx context.Context, connect func() error) error {
	err := connect()
	if err == nil || e.hooks.BeforeConnect == nil {
		return err
	}
	for _, wait := range loginWaits {
		var refused *pgconn.PgError
		if err == nil || !errors.As(err, &refused) || refused.Code != invalidPassword {
			break
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait):
		}
		err = connect()
	}
	return err
}

const invalidPassword = "28P01"

// lookAt looks at a connection of the program's, which prom may use for the first time.
func lookAt(ctx context.Context, c *pgx.Conn, how settings) error {
	err := sessionOf(c).look(ctx, c, how)
	if err != nil && ctx.Err() != nil {
		return driver.EndOfContext(ctx.Err())
	}
	return ErrorOf(err)
}

// acquireError translates the error of a connection that could not be had. What is no error of pgx's is one of a hook.
func acquireError(err error) error {
	err = ErrorOf(err)
	if e := driver.AsIs(err); e != nil && e.Kind == driver.KindOther {
		e.Kind, e.Detail = driver.KindConnection, "a hook of the pool failed"
		driver.FactsOf(e).Unsent = true
	}
	return err
}

// connect makes a connection that is none of the pool's, and by the same hooks. Settings of its start are left out.
func (e *engine) connect(ctx context.Context, without ...string) (*pgx.Conn, error) {
	var c *pgx.Conn
	dial := func() (err error) {
		cfg := e.connecting.Copy()
		if cfg.ConnectTimeout <= 0 {
			cfg.ConnectTimeout = poolConnectTimeout
		}
		if e.hooks.BeforeConnect != nil {
			if err := e.hooks.BeforeConnect(ctx, cfg); err != nil {
				return err
			}
		}
		for _, name := range without {
			delete(cfg.RuntimeParams, name)
		}
		c, err = pgx.ConnectConfig(ctx, cfg)
		return err
	}
	login := func() error { return acquireError(e.login(ctx, dial)) }
	err := e.awaitServer(ctx, login(), login)
	if err != nil {
		return nil, err
	}
	if err = e.prepareAlone(ctx, c, without); err != nil {
		l := listener{c, e.beforeClose}
		l.Close()
		return nil, acquireError(err)
	}
	return c, nil
}

// poolConnectTimeout is the one of pgxpool for a configuration without one.
const poolConnectTimeout = 2 * time.Minute

// prepareAlone does to a connection what the pool does to one that it makes and hands out.
func (e *engine) prepareAlone(ctx context.Context, c *pgx.Conn, without []string) error {
	ready := true
	var err error
	if e.hooks.AfterConnect != nil {
		err = e.hooks.AfterConnect(ctx, c)
	}
	if err == nil && e.hooks.PrepareConn != nil {
		ready, err = e.hooks.PrepareConn(ctx, c)
	}
	if err == nil && !ready {
		err = &driver.Error{Kind: driver.KindConnection, Detail: "a hook of the pool refused a connection that was just made"}
	}
	if err != nil || e.hooks.AfterConnect == nil && e.hooks.PrepareConn == nil {
		return err
	}
	for _, name := range without { // which a hook may have set
		if _, err := c.PgConn().Exec(ctx, "RESET "+name).ReadAll(); err != nil {
			return err
		}
	}
	return nil
}
