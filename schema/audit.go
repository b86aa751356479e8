package schema

import (
	"errors"
	"fmt"
)

// setAudit has the changes of the model's rows written to the audit log.
func (b *builder) setAudit(tg *tag) error {
	switch {
	case tg.name != "" || len(tg.items) > 1:
		return errors.New("audit stands alone on a blank field _")
	case b.table.Audited:
		return errors.New("the model is said to be audited twice")
	}
	b.table.Audited = true
	return nil
}

// checkAudit returns an error when a model cannot be audited as it says.
func (t *Table) checkAudit() error {
	switch {
	case t.Audited && t.View:
		return errors.New("the model is one of a view, which has no triggers that audit it; audit the tables behind it")
	case t.Audited && len(t.Key) == 0:
		return errors.New("an audited model needs a key, by which the audit log names its rows")
	}
	for _, c := range t.Columns {
		switch {
		case !c.NoAudit:
		case !t.Audited:
			return fmt.Errorf("field %s: noaudit is for models that are audited; add _ struct{} `prom:\"audit\"`", c.Field)
		case c.Key:
			return fmt.Errorf("field %s: the audit log names rows by their key, so noaudit cannot leave it out", c.Field)
		}
	}
	return nil
}

// Unaudited lists the names of the columns that are left out of the audit log.
func (t *Table) Unaudited() (names []string) {
	for _, c := range t.Columns {
		if c.NoAudit {
			names = append(names, c.Name)
		}
	}
	return names
}
