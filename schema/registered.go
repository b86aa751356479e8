package schema

import (
	"fmt"
	"reflect"
	"sync"
)

// Registered is the codec of a Go type that a program registered.
type Registered struct {
	Kind  Kind // what the type is stored as
	Codec any  // owned by internal/scan
}

var registry = struct {
	sync.Mutex
	codecs map[reflect.Type]*Registered
	seen   map[reflect.Type]bool // types of columns whose schema has been read
}{codecs: map[reflect.Type]*Registered{}, seen: map[reflect.Type]bool{}}

// Register makes columns of a Go type be stored by a codec. It must come before the schema of a model with such a
// column is read.
func Register(t reflect.Type, r *Registered) error {
	registry.Lock()
	defer registry.Unlock()
	switch {
	case t.PkgPath() == "" || t == timeType || t == durationType || t.Kind() == reflect.Interface ||
		t.Implements(referrerType):
		return fmt.Errorf("prom: %s cannot have a codec, because the program does not define it; define a type over it", t)
	case registry.codecs[t] != nil:
		return fmt.Errorf("prom: the type %s has a codec already", t)
	case registry.seen[t]:
		return fmt.Errorf("prom: the codec of %s is registered too late: a model with the type is in use already; register it in a package variable above the repos, or in the package of the type", t)
	}
	registry.codecs[t] = r
	return nil
}

// registered returns the codec of a type, or nil; from then on it can have none.
func registered(t reflect.Type) *Registered {
	registry.Lock()
	defer registry.Unlock()
	registry.seen[t] = true
	return registry.codecs[t]
}

// setRegistered makes the column one of a type with a codec of its own.
func (c *Column) setRegistered(r *Registered, tg *tag) error {
	for _, it := range tg.items {
		switch it.name {
		case "decimal", "uuid", "date", "clock", "null", "auto", "default":
			return fmt.Errorf("%s cannot be used with %s, which has a codec", it.name, c.Type)
		}
	}
	c.Kind, c.Codec = r.Kind, r
	if name, ok := tg.value("type"); ok {
		return c.setNative(name)
	}
	return nil
}
