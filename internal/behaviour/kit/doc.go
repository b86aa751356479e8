// Package kit holds what the behaviour tests of several rooms share: models, a connection for a test, what others do
// to a database beside the library, and checks. Each room, a folder of internal/behaviour, tests one theme through
// the public API, so that a change of a theme compiles the models of that theme alone. A helper or model that one
// room needs lives in that room.
package kit
