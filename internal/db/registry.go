package db

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/prom-go/prom/internal/dsn"
)

// Registry keeps connections by name. Registering one does no I/O. A Registry is safe for concurrent use; the zero
// value is empty and does not read the environment.
type Registry struct {
	// Prefix is the prefix of the environment variables that are read, once, when a connection is asked for that nobody
	// has registered by hand: PREFIX, and PREFIX_1, PREFIX_2 and so on. "" reads none. It must not be changed once the
	// registry is in use.
	Prefix string

	mu      sync.Mutex
	dbs     map[string]*DB
	envRead bool
	envErr  error
	options []OpenOption // of each connection, before its own
	known   knownByName
}

// DefaultPrefix is the prefix of the default registry.
const DefaultPrefix = "PROM_DSN"

// OpenOption changes how a connection is opened, beyond its DSN.
type OpenOption func(*DB)

// Installing sets what happens when a table or a column is missing, whatever the DSN says.
func Installing(mode dsn.InstallMode) OpenOption {
	return func(db *DB) { db.dsn.Options.Install = mode }
}

// Open registers the connection that a DSN describes, under the name that its fragment gives, and returns it. A name
// that is taken by an open connection is refused; a closed one is replaced. The connection is made at the first
// operation.
func (r *Registry) Open(text string, options ...OpenOption) (*DB, error) {
	d, err := dsn.Parse(text)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.register(d, options)
}

func (r *Registry) register(d dsn.DSN, options []OpenOption) (*DB, error) {
	return r.registerAs(d, func(db *DB) error {
		for _, o := range options {
			o(db)
		}
		return nil
	})
}

// registerAs registers a connection that setUp completes.
func (r *Registry) registerAs(d dsn.DSN, setUp func(db *DB) error) (*DB, error) {
	if old := r.dbs[d.Name]; old != nil {
		if old.IsOpen() {
			return nil, fmt.Errorf("prom: the connection %q is open; close it before another takes its name", d.Name)
		}
	}
	db := newDB(d)
	db.registry = r
	for _, o := range r.options {
		o(db)
	}
	if err := setUp(db); err != nil {
		return nil, err
	}
	if old := r.dbs[d.Name]; old != nil {
		old.replaced.Store(true)
	}
	if r.dbs == nil {
		r.dbs = map[string]*DB{}
	}
	r.dbs[d.Name] = db
	return db, nil
}

// Get returns the connection of that name. An unknown name is an error that lists the known ones.
func (r *Registry) Get(name string) (*DB, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if db := r.dbs[name]; db != nil {
		return db, nil
	}
	if err := r.readEnv(); err != nil {
		return nil, err
	}
	if db := r.dbs[name]; db != nil {
		return db, nil
	}
	return nil, r.unknown(name)
}

// readEnv registers the connections of the environment. Those registered by hand stay.
func (r *Registry) readEnv() error {
	if r.Prefix == "" || r.envRead {
		return r.envErr
	}
	r.envRead = true
	found, err := dsn.FromEnviron(os.Environ(), r.Prefix, r.log())
	if err != nil {
		r.envErr = err
		return err
	}
	for _, e := range found {
		if r.dbs[e.DSN.Name] != nil {
			continue
		}
		if _, err := r.register(e.DSN, nil); err != nil {
			return err
		}
	}
	return nil
}

func (r *Registry) unknown(name string) error {
	what := fmt.Sprintf("the connection %q", name)
	if name == "" {
		what = "the default connection"
	}
	hint := "call prom.Open with its DSN"
	if r.Prefix != "" {
		hint = fmt.Sprintf("set %s, or call prom.Open with its DSN", r.Prefix)
		if name != "" {
			hint = fmt.Sprintf("set %s or %s_1 to a DSN that ends in #%s, or call prom.Open with it", r.Prefix, r.Prefix, name)
		}
	}
	if len(r.dbs) == 0 {
		return fmt.Errorf("prom: %s is not known, and no other connection exists: %s", what, hint)
	}
	names := slices.Sorted(maps.Keys(r.dbs))
	for i, n := range names {
		names[i] = fmt.Sprintf("%q", n)
	}
	return fmt.Errorf("prom: %s is not known; the known ones are %s: %s", what, strings.Join(names, ", "), hint)
}

// Names lists the names of the connections that are registered, in order.
func (r *Registry) Names() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Sorted(maps.Keys(r.dbs))
}

// SetOptions sets options of the connections that are registered from now on, those of the environment included. They
// go before the options of Open.
func (r *Registry) SetOptions(options ...OpenOption) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.options = slices.Clone(options)
}

// log returns the log that the options set.
func (r *Registry) log() *slog.Logger {
	var db DB
	for _, o := range r.options {
		o(&db)
	}
	return cmp.Or(db.log, slog.Default())
}

// Close closes all connections. They stay registered and connect again when they are used.
func (r *Registry) Close() error {
	r.mu.Lock()
	dbs := slices.Collect(maps.Values(r.dbs))
	r.mu.Unlock()
	var err error
	for _, db := range dbs {
		err = errors.Join(err, db.Close())
	}
	return err
}
