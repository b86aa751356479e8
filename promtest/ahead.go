package promtest

import (
	"context"
	"sync"

	"github.com/prom-go/prom"
)

// Run runs the tests of a package and returns the exit code. While tests run, it makes PostgreSQL databases for [DB] in
// advance, each with its [Models], so that a test need not wait for one. It drops those that no test has used.
//
//	func TestMain(m *testing.M) { os.Exit(promtest.Run(m)) }
func Run(m interface{ Run() int }) (code int) {
	ahead.start()
	defer ahead.stop()
	return m.Run()
}

// spares is how many databases of a kind are ready at most.
const spares = 2

var ahead stock

// stock is the databases that are made ahead. It is safe for concurrent use.
type stock struct {
	mu    sync.Mutex
	runs  int // of Run, which a test of Run nests
	kinds map[recordingKey]*kind
	busy  sync.WaitGroup
}

// kind is the databases that are alike.
type kind struct {
	ready  []*made
	making bool
}

// made is a database that a test may have.
type made struct {
	db           *prom.DB
	guard        *guard
	server, name string // of a schema; "" on SQLite
}

func (s *stock) start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.runs++; s.kinds == nil {
		s.kinds = map[recordingKey]*kind{}
	}
}

// stop ends the making, and drops what is left.
func (s *stock) stop() {
	s.mu.Lock()
	s.runs--
	last := s.runs == 0
	s.mu.Unlock()
	if !last {
		return
	}
	s.busy.Wait()
	for _, k := range s.kinds {
		for _, m := range k.ready {
			_ = m.db.Close()
			_ = drop(m.server, m.name) // as far as there is a server
		}
	}
	s.kinds = nil
}

// take returns a database that is ready, nil if there is none, and has the next ones made.
func (s *stock) take(server string, models []prom.AnyRepo) (m *made) {
	key, ok := keyOf(models)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.runs == 0 || !ok {
		return nil
	}
	at := recordingKey{server, key}
	k := s.kinds[at]
	if k == nil {
		k = &kind{}
		s.kinds[at] = k
	}
	if len(k.ready) > 0 {
		m, k.ready = k.ready[0], k.ready[1:]
	}
	if !k.making {
		k.making = true
		s.busy.Go(func() { s.fill(k, server, models) })
	}
	return m
}

// fill makes databases until enough are ready.
func (s *stock) fill(k *kind, server string, models []prom.AnyRepo) {
	for {
		s.mu.Lock()
		if s.runs == 0 || len(k.ready) >= spares {
			k.making = false
			s.mu.Unlock()
			return
		}
		s.mu.Unlock()
		m, err := makeOne(server, models)
		s.mu.Lock()
		if err != nil { // the test that asks next makes its own, and tells
			k.making = false
			s.mu.Unlock()
			return
		}
		k.ready = append(k.ready, m)
		s.mu.Unlock()
	}
}

// makeOne makes a database ahead, and asks what the first calls of a test will ask.
func makeOne(server string, models []prom.AnyRepo) (*made, error) {
	ctx, cancel := context.WithTimeout(context.Background(), schemaTimeout)
	defer cancel()
	m, dsn, err := openSchema(new(prom.Registry), server, "")
	if err != nil {
		return nil, err
	}
	if err = makeSchema(ctx, m.db, server, m.name, dsn, models); err == nil {
		err = warm(ctx, m.db, models)
	}
	if err != nil {
		_ = m.db.Close()
		_ = drop(server, m.name)
		return nil, err
	}
	return m, nil
}
