// Package driver is what the engines and their callers share: the interfaces of an engine, statements with typed
// arguments, typed rows, and the one kind of error that each engine translates its driver's errors into.
package driver
