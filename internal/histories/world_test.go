package histories

import (
	crand "crypto/rand"
	"database/sql"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// each runs fn as the parallel subtests sqlite and postgres, the latter with a server of its own that notices deadlocks
// soon.
func each(t *testing.T, fn func(t *testing.T, e dbtest.Engine)) {
	t.Helper()
	t.Run(dbtest.NameSQLite, func(t *testing.T) {
		t.Parallel()
		fn(t, dbtest.Engine{Name: dbtest.NameSQLite, DSN: dbtest.SQLite(t)})
	})
	t.Run(dbtest.NamePostgres, func(t *testing.T) {
		t.Parallel()
		server := dbtest.NewOwn(t, dbtest.OwnConfig{Settings: []string{"deadlock_timeout=10ms", "max_connections=100"}})
		fn(t, server.Engine())
	})
}

// setting is under what conditions histories are made.
type setting struct {
	name      string
	options   string // of the DSN
	processes int
	hasty     bool // contexts end soon
	killed    bool // sessions are, on PostgreSQL
	coalesce  bool // reads share round trips
	bouncer   bool // PgBouncer is in between
}

func settingsOf(engine string) []setting {
	if engine == dbtest.NameSQLite {
		return []setting{
			{name: "calm", processes: 1},
			{name: "two processes", processes: 2, coalesce: true},
			{name: "hasty", processes: 1, hasty: true, coalesce: true},
			{name: "two hasty processes", processes: 2, hasty: true},
			{name: "no group commit", options: "group_commit=false&pool_maxconn=1", processes: 2, hasty: true, coalesce: true},
		}
	}
	return []setting{
		{name: "calm", options: "pool_maxconn=16", processes: 1},
		{name: "two processes", options: "pool_maxconn=4", processes: 2, coalesce: true},
		{name: "hasty", options: "pool_maxconn=4", processes: 1, hasty: true, coalesce: true},
		{name: "killed", options: "pool_maxconn=8", processes: 2, killed: true},
		{name: "all at once", options: "pool_maxconn=2", processes: 2, hasty: true, killed: true, coalesce: true},
		{name: "unprepared", options: "pool_maxconn=3&default_query_exec_mode=exec", processes: 2, hasty: true, killed: true},
		{name: "PgBouncer", options: "pool_maxconn=8", processes: 2,
			hasty: true, killed: true, coalesce: true, bouncer: true},
	}
}

// world is where histories of one setting are made.
type world struct {
	setting
	engine dbtest.Engine // as the sites reach it
	past   *prom.DB      // past whatever is in between
	direct *sql.DB       // the same
	app    string        // the name of the sites' sessions
	sites  []doer
}

// newWorld makes a world on a database. It skips the test where a program is missing.
func newWorld(t *testing.T, row int, e dbtest.Engine, s setting) *world {
	t.Helper()
	w := &world{setting: s, engine: e, app: "histories_" + strings.ToLower(crand.Text()[:10])}
	w.past = open(t, e.DSN)
	w.direct = plain(t, w.past)
	if s.bouncer {
		w.engine = dbtest.PgBouncer(t, dbtest.Bouncers(t, row)[0], e, 3)
	}
	if s.options != "" {
		w.engine.DSN = w.engine.With(s.options)
	}
	if e.Name == dbtest.NamePostgres {
		w.engine.DSN = w.engine.With("application_name=" + w.app)
	}
	w.sites = []doer{&site{tb: t}}
	for len(w.sites) < s.processes {
		w.sites = append(w.sites, startSite(t))
	}
	return w
}

// end ends what the world has started, in the test's own goroutine and while the test lasts.
func (w *world) end(t *testing.T) {
	t.Helper()
	for _, s := range w.sites {
		if err := s.end(); err != nil {
			t.Error(err)
		}
	}
}

// make makes a history, and kills sessions meanwhile if the setting says so. It returns when no statement of the
// history runs any more, not even one whose caller has gone.
func (w *world) make(t *testing.T, j job) (a answer, kills int) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		a = together(w.sites, j)
	}()
	random := rand.New(rand.NewPCG(j.Seed, 1<<32))
	for running := true; running; {
		pause := time.Hour
		if w.killed {
			pause = time.Duration(5+random.IntN(40)) * time.Millisecond
			if w.bouncer { // which has few sessions for all, and waits before it makes others
				pause *= 8
			}
		}
		timer := time.NewTimer(pause)
		select {
		case <-done:
			running = false
		case <-timer.C:
			kills += w.kill(t, random.IntN(2) == 0)
		}
		timer.Stop()
	}
	if w.engine.Name == dbtest.NamePostgres {
		w.settle(t)
	}
	return a, kills
}

// kill kills one session, one that is busy if there is any and that is asked for, and returns how many it has killed.
func (w *world) kill(t *testing.T, busy bool) (n int) {
	t.Helper()
	const query = `SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity
		WHERE application_name = $1 ORDER BY state = 'active' AND $2 DESC, random() LIMIT 1) s`
	if err := w.direct.QueryRow(query, w.app, busy).Scan(&n); err != nil {
		t.Errorf("kill: %v", err)
	}
	return n
}

// settle waits until no session of the sites is busy.
func (w *world) settle(t *testing.T) {
	t.Helper()
	const query = `SELECT count(*) FROM pg_stat_activity WHERE application_name = $1 AND state <> 'idle'`
	n := 1
	for end := time.Now().Add(30 * time.Second); n > 0; time.Sleep(2 * time.Millisecond) {
		if err := w.direct.QueryRow(query, w.app).Scan(&n); err != nil {
			t.Fatalf("settle: %v", err)
		}
		if time.Now().After(end) {
			t.Fatalf("%d sessions are busy 30 s after their callers have gone", n)
		}
	}
}
