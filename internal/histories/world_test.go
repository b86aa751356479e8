package histories

import (
	"cmp"
	crand "crypto/rand"
	"database/sql"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// place is a database for a test, with the server of PostgreSQL.
type place struct {
	dbtest.Engine
	server *dbtest.Own
}

// each runs fn as the parallel subtests sqlite and postgres, the latter with a server of its own that notices deadlocks
// soon.
func each(t *testing.T, fn func(t *testing.T, p place)) {
	t.Helper()
	t.Run(dbtest.NameSQLite, func(t *testing.T) {
		t.Parallel()
		fn(t, place{Engine: dbtest.Engine{Name: dbtest.NameSQLite, DSN: dbtest.SQLite(t)}})
	})
	t.Run(dbtest.NamePostgres, func(t *testing.T) {
		t.Parallel()
		server := dbtest.NewOwn(t, dbtest.OwnConfig{Settings: []string{"deadlock_timeout=10ms", "max_connections=100"}})
		fn(t, place{server.Engine(), server})
	})
}

// trouble is what happens to a history's sessions.
type trouble string

const (
	calm      trouble = "troubles"
	killed    trouble = "sessions killed"
	cut       trouble = "faults of the network"
	restarted trouble = "stops of the server"
)

// setting is under what conditions histories are made.
type setting struct {
	name      string
	options   string // of the DSN
	processes int
	hasty     bool // contexts end soon
	trouble   trouble
	coalesce  bool // reads are coalesced
	bouncer   bool // PgBouncer is in between
	long      bool // it is left out of the short form, where another one has all of it
}

// serializable is the option with which statements outside of transactions are serializable, too.
const serializable = "default_transaction_isolation=serializable"

// settingsOf returns the settings of an engine, in the short form not all.
func settingsOf(engine string) []setting {
	return slices.DeleteFunc(allSettings(engine), func(s setting) bool { return s.long && !dbtest.Full() })
}

func allSettings(engine string) []setting {
	if engine == dbtest.NameSQLite {
		return []setting{
			{name: "calm", processes: 1},
			{name: "two processes", processes: 2, coalesce: true},
			{name: "hasty", processes: 1, hasty: true, coalesce: true, long: true},
			{name: "two hasty processes", processes: 2, hasty: true},
			{name: "rollback journal", options: "_journal_mode=DELETE", processes: 2, hasty: true},
			{name: "no group commit", options: "group_commit=false&pool_maxconn=1", processes: 2, hasty: true, coalesce: true},
		}
	}
	return []setting{
		{name: "calm", options: "pool_maxconn=16", processes: 1},
		{name: "two processes", options: "pool_maxconn=4", processes: 2, coalesce: true},
		{name: "hasty", options: "pool_maxconn=4", processes: 1, hasty: true, coalesce: true, long: true},
		{name: "killed", options: "pool_maxconn=8", processes: 2, trouble: killed, long: true},
		{name: "killed and hasty", options: "pool_maxconn=2", processes: 2, hasty: true, trouble: killed, coalesce: true},
		{name: "unprepared", options: "pool_maxconn=3&default_query_exec_mode=exec", processes: 2, trouble: killed},
		{name: "serializable", options: "pool_maxconn=8&" + serializable, processes: 2, hasty: true},
		{name: "network", options: "pool_maxconn=8", processes: 2, trouble: cut},
		{name: "server", options: "pool_maxconn=8", processes: 2, trouble: restarted, coalesce: true},
		{name: "PgBouncer", options: "pool_maxconn=8", processes: 2, hasty: true, trouble: killed, bouncer: true},
	}
}

// world is where histories of one setting are made.
type world struct {
	setting
	engine  dbtest.Engine // as the sites reach it
	past    *prom.DB      // past whatever is in between
	direct  *sql.DB       // the same
	app     string        // the name of the sites' sessions
	network *dbtest.Network
	server  *dbtest.Own
	sites   []doer
}

// newWorld makes a world on a database. It skips the test where a program is missing.
func newWorld(t *testing.T, row int, p place, s setting) *world {
	t.Helper()
	if p.Name == dbtest.NameSQLite { // each setting has a file of its own, which the options may say something of
		p.DSN = dbtest.SQLite(t)
		p.DSN = p.With(s.options)
	}
	w := &world{setting: s, engine: p.Engine, server: p.server, app: "histories_" + strings.ToLower(crand.Text()[:10])}
	w.trouble = cmp.Or(w.trouble, calm)
	w.past = open(t, p.DSN)
	w.direct = plain(t, w.past)
	if s.bouncer {
		w.engine = dbtest.PgBouncer(t, dbtest.Bouncers(t, row)[0], w.engine, 3)
	}
	if s.trouble == cut {
		w.network, w.engine = dbtest.NewNetwork(t, w.engine)
	}
	if s.options != "" {
		w.engine.DSN = w.engine.With(s.options)
	}
	if p.Name == dbtest.NamePostgres {
		w.engine.DSN = w.engine.With("application_name=" + w.app)
	}
	w.sites = []doer{&site{tb: t}}
	for len(w.sites) < s.processes {
		w.sites = append(w.sites, startSite(t))
	}
	return w
}

// steps is how many steps each goroutine of a history makes: more where some are over at once, for the trouble that
// there is.
func (w *world) steps(n int) int {
	if w.trouble != calm {
		n *= dbtest.Size(1, 2)
	}
	return n
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

// make makes a history, and the trouble of the setting meanwhile. It returns when no statement of the history runs any
// more, not even one whose caller has gone, and tells how often there was trouble.
func (w *world) make(t *testing.T, j job) (a answer, troubles int) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		a = together(w.sites, j)
	}()
	random := rand.New(rand.NewPCG(j.Seed, 1<<32))
	for running := true; running; {
		timer := time.NewTimer(w.pause(random))
		select {
		case <-done:
			running = false
		case <-timer.C:
			troubles += w.disturb(t, random)
		}
		timer.Stop()
	}
	if w.engine.Name == dbtest.NamePostgres {
		w.settle(t)
	}
	return a, troubles
}

// pause is how long there is no trouble.
func (w *world) pause(random *rand.Rand) time.Duration {
	milliseconds := func(from, to int) time.Duration { return time.Duration(from+random.IntN(to-from)) * time.Millisecond }
	switch {
	case w.bouncer: // which has few sessions for all, and waits before it makes others
		return milliseconds(50, 300)
	case w.trouble == killed:
		return milliseconds(5, 45)
	case w.trouble == cut:
		return milliseconds(5, 80)
	case w.trouble == restarted:
		return milliseconds(30, 300)
	}
	return time.Hour
}

// disturb makes trouble, and returns how often.
func (w *world) disturb(t *testing.T, random *rand.Rand) int {
	t.Helper()
	switch w.trouble {
	case killed:
		return w.kill(t, random.IntN(2) == 0)
	case cut:
		toxics := []dbtest.Toxic{
			{Kind: dbtest.Down},
			{Kind: dbtest.Reset, Delay: time.Duration(random.IntN(5)) * time.Millisecond},
			{Kind: dbtest.Limit, Bytes: 1 + random.IntN(1000)},
			{Kind: dbtest.Timeout, Delay: time.Duration(1+random.IntN(20)) * time.Millisecond},
		}
		toxic := toxics[random.IntN(len(toxics))]
		toxic.Way = dbtest.Way(random.IntN(3))
		err := w.network.Set(toxic)
		time.Sleep(time.Duration(1+random.IntN(20)) * time.Millisecond)
		if err == nil {
			err = w.network.Set(dbtest.Toxic{})
		}
		if err != nil {
			t.Error(err)
		}
	case restarted:
		w.server.Kill(t)
		w.server.Start(t)
	}
	return 1
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
		err := w.direct.QueryRow(query, w.app).Scan(&n) // it may fail after a stop of the server
		if time.Now().After(end) {
			t.Fatalf("%d sessions are busy 30 s after their callers have gone: %v", n, err)
		}
	}
}
