package sqlite

import "github.com/prom-go/prom/dialect"

// DeferReferences leaves the checking of all foreign keys to the commit.
func (Dialect) DeferReferences([]dialect.Constraint) []string { return []string{deferForeignKeys} }

// ResumeReferences returns nothing: the commit does it.
func (Dialect) ResumeReferences([]dialect.Constraint) []string { return nil }

// CountOn returns "": keys are counted up from the greatest one.
func (Dialect) CountOn(string, string) string { return "" }
