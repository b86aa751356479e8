// Package postgres writes the SQL of PostgreSQL, version 12 and later. It is pure: it knows no driver and runs nothing.
package postgres
