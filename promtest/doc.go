// Package promtest gives tests databases of their own, and fills them.
//
//	func TestPublish(t *testing.T) {
//		t.Parallel()
//		db := promtest.DB(t)
//		posts := promtest.New[Post](db)
//		post := posts.Create(t, func(p *Post) { p.Title = "Draft" })
//		…
//	}
//
// # Databases
//
// [DB] returns an empty database of the test's own: SQLite in memory or, when the environment variable
// PROM_TEST_POSTGRES holds the URL of a PostgreSQL server, a schema of its own there, which is dropped when the test
// ends. Tests that use it can run in parallel. [Each] runs a test on every engine that there is. With [Models] the
// database has tables, with [Run] it is made ahead, and [Rollback] has tests share one.
//
// # Guards
//
// [Budget] limits the statements of a context, [NoLoops] finds statements in loops (N+1), [UsesIndex] and [NoScans]
// find those that no index serves, and [Plan] fails when the declared schema is not that of a file. A call in a
// transaction that does not use its context fails the test.
//
// # Factories
//
// A [Factory] makes values of a model that its rules allow and that look like what the fields are called: an email for
// Email, a city for City. It creates the rows that a value must refer to. The same seed makes the same values.
// It does not know rules that the database alone has, such as the CHECK of another program.
package promtest
