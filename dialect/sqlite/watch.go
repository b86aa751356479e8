package sqlite

// Channel returns nothing: SQLite's counter of commits is asked instead.
func (Dialect) Channel() string { return "" }

// WatchTrigger returns nothing.
func (Dialect) WatchTrigger(string) []string { return nil }

// Horizon returns nothing: transactions write one after the other.
func (Dialect) Horizon() string { return "" }
