package schema

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Actions are the actions of a foreign key that a tag sets. The zero value sets none: a new table then has the defaults
// of this library, and an existing one keeps its actions.
type Actions struct {
	OnDelete   string // NO ACTION, RESTRICT, CASCADE, SET NULL or SET DEFAULT; "" if the tag does not set it
	OnUpdate   string // the same, for a key that changes
	Deferrable bool   // DEFERRABLE: SET CONSTRAINTS can defer the check to the end of a transaction
	Deferred   bool   // INITIALLY DEFERRED: it is checked at the end of the transaction
	// NOT DEFERRABLE: it is always checked at the end of each statement
	NotDeferrable bool
}

// The actions of foreign keys, as catalogs and tags write them.
const cascade, setNull, setDefault, restrict, noAction = "CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION"

// actionOptions are the options of tags that say what a foreign key does.
var actionOptions = []string{"ondelete", "onupdate", "deferrable"}

// readActions reads the options of a tag. It is given the columns of the foreign key.
func readActions(tg *tag, columns ...*Column) (a Actions, err error) {
	if a.OnDelete, err = readAction(tg, "ondelete", columns); err != nil {
		return a, err
	}
	if a.OnUpdate, err = readAction(tg, "onupdate", columns); err != nil {
		return a, err
	}
	if when, ok := tg.value("deferrable"); ok {
		switch strings.ToLower(when) {
		case "no":
			a.NotDeferrable = true
			return a, nil
		case "", "immediate":
		case "deferred":
			a.Deferred = true
		default:
			return a, fmt.Errorf("deferrable=%s: a constraint is checked at the end of a transaction with deferrable=deferred, "+
				"after each statement, unless the transaction says otherwise, with deferrable, and always after each statement "+
				"with deferrable=no", when)
		}
		a.Deferrable = true
	}
	return a, nil
}

func readAction(tg *tag, option string, columns []*Column) (string, error) {
	text, ok := tg.value(option)
	if !ok {
		return "", nil
	}
	action := strings.ToUpper(strings.Join(strings.Fields(text), " "))
	switch action {
	case cascade, restrict, noAction:
	case setNull:
		nullable := false
		for _, c := range columns {
			nullable = nullable || c.Null
		}
		if nullable && option == "onupdate" && slices.ContainsFunc(columns, func(c *Column) bool { return !c.Null }) {
			return "", errors.New("onupdate=set null sets all columns of the reference, and one of them takes no NULL: make all of " +
				"them pointers, or write onupdate=cascade")
		}
		if !nullable {
			return "", fmt.Errorf("%s=set null needs a column that may be NULL: make the field a pointer", option)
		}
	case setDefault:
		for _, c := range columns {
			if !c.HasConstant() {
				return "", fmt.Errorf("%s=set default needs a constant default of the column %q: add the option default", option,
					c.Name)
			}
		}
	default:
		return "", fmt.Errorf("%s=%s: write cascade, restrict, no action, set null or set default", option, text)
	}
	return action, nil
}

// setActions reads what the tag says of a column's foreign key.
func (c *Column) setActions(tg *tag) (err error) {
	if c.References == nil {
		for _, option := range actionOptions {
			if tg.has(option) {
				return errors.New(option + " is for references: a field of type prom.Ref, prom.RefBy or prom.CompositeRef")
			}
		}
		return nil
	}
	c.References.Actions, err = readActions(tg, c)
	return err
}

// applied returns the foreign key with what the tag says of it.
func (a Actions) applied(k *FoundForeignKey) *FoundForeignKey {
	if a.OnDelete != "" {
		if k.OnDelete = a.OnDelete; a.OnDelete != setNull {
			k.SetColumns = nil
		}
	}
	if a.OnUpdate != "" {
		k.OnUpdate = a.OnUpdate
	}
	k.Deferrable, k.Deferred = a.Deferrable, a.Deferred
	return k
}

// Over returns the foreign key that replaces have: k, with the actions of have where the tag sets none. SET NULL
// becomes NO ACTION if none of the columns may be NULL, because both refuse the delete.
func (k *FoundForeignKey) Over(have *FoundForeignKey, said Actions, null bool) *FoundForeignKey {
	n := *k
	kept := func(action string) string {
		if action == setNull && !null {
			return noAction
		}
		return action
	}
	if said.OnDelete == "" {
		if n.OnDelete, n.SetColumns = kept(have.OnDelete), have.SetColumns; n.OnDelete != have.OnDelete {
			n.SetColumns = nil
		}
	}
	if said.OnUpdate == "" {
		n.OnUpdate = kept(have.OnUpdate)
	}
	if !said.Deferrable && !said.NotDeferrable {
		n.Deferrable, n.Deferred = have.Deferrable, have.Deferred
	}
	return &n
}

// sameActions reports whether two foreign keys do the same.
func (k *FoundForeignKey) sameActions(o *FoundForeignKey) bool {
	return k.OnDelete == o.OnDelete && k.OnUpdate == o.OnUpdate &&
		strings.Join(k.SetColumns, ",") == strings.Join(o.SetColumns, ",") &&
		k.Deferrable == o.Deferrable && k.Deferred == o.Deferred
}
