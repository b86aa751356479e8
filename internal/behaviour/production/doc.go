// Package production holds the behaviour tests of connections in production: timeouts, statistics, health checks and
// tenants. It has no code of its own.
package production
