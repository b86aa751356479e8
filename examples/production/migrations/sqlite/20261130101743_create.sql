-- +goose Up

-- create table user [additive]
CREATE TABLE "user" (
	"username" TEXT NOT NULL CONSTRAINT "user_username_check" CHECK (length("username") <= 64),
	"bio" TEXT,
	"image" TEXT,
	"email" TEXT COLLATE NOCASE NOT NULL,
	"password" BLOB NOT NULL,
	"_id" INTEGER NOT NULL PRIMARY KEY,
	"_created" TIMESTAMP NOT NULL,
	"_updated" TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX "user_username" ON "user" ("username");
CREATE UNIQUE INDEX "user_email" ON "user" ("email");

-- create table follow [additive]
CREATE TABLE "follow" (
	"followee_id" INTEGER NOT NULL CONSTRAINT "follow_followee_id_fkey" REFERENCES "user" ("_id") ON UPDATE CASCADE ON DELETE CASCADE,
	"follower_id" INTEGER NOT NULL CONSTRAINT "follow_follower_id_fkey" REFERENCES "user" ("_id") ON UPDATE CASCADE ON DELETE CASCADE,
	PRIMARY KEY ("followee_id", "follower_id")
);
CREATE INDEX "follow_follower_id" ON "follow" ("follower_id");

-- create table article [additive]
CREATE TABLE "article" (
	"author_id" INTEGER NOT NULL CONSTRAINT "article_author_id_fkey" REFERENCES "user" ("_id") ON UPDATE CASCADE ON DELETE CASCADE,
	"title" TEXT NOT NULL,
	"description" TEXT NOT NULL,
	"body" TEXT NOT NULL,
	"slug" TEXT NOT NULL,
	"_id" INTEGER NOT NULL PRIMARY KEY,
	"_created" TIMESTAMP NOT NULL,
	"_updated" TIMESTAMP NOT NULL
);
CREATE INDEX "article_author_id" ON "article" ("author_id");
CREATE UNIQUE INDEX "article_slug" ON "article" ("slug");

-- create table tag [additive]
CREATE TABLE "tag" (
	"name" TEXT NOT NULL,
	PRIMARY KEY ("name")
);

-- create table article_tag [additive]
CREATE TABLE "article_tag" (
	"article_id" INTEGER NOT NULL CONSTRAINT "article_tag_article_id_fkey" REFERENCES "article" ("_id") ON UPDATE CASCADE ON DELETE CASCADE,
	"tag" TEXT NOT NULL CONSTRAINT "article_tag_tag_fkey" REFERENCES "tag" ("name") ON UPDATE CASCADE ON DELETE CASCADE,
	PRIMARY KEY ("article_id", "tag")
);
CREATE INDEX "article_tag_tag" ON "article_tag" ("tag");

-- create table favorite [additive]
CREATE TABLE "favorite" (
	"article_id" INTEGER NOT NULL CONSTRAINT "favorite_article_id_fkey" REFERENCES "article" ("_id") ON UPDATE CASCADE ON DELETE CASCADE,
	"user_id" INTEGER NOT NULL CONSTRAINT "favorite_user_id_fkey" REFERENCES "user" ("_id") ON UPDATE CASCADE ON DELETE CASCADE,
	PRIMARY KEY ("article_id", "user_id")
);
CREATE INDEX "favorite_user_id" ON "favorite" ("user_id");

-- create table comment [additive]
CREATE TABLE "comment" (
	"id" INTEGER NOT NULL PRIMARY KEY,
	"author_id" INTEGER NOT NULL CONSTRAINT "comment_author_id_fkey" REFERENCES "user" ("_id") ON UPDATE CASCADE ON DELETE CASCADE,
	"article_id" INTEGER NOT NULL CONSTRAINT "comment_article_id_fkey" REFERENCES "article" ("_id") ON UPDATE CASCADE ON DELETE CASCADE,
	"body" TEXT NOT NULL,
	"created_at" TIMESTAMP NOT NULL,
	"updated_at" TIMESTAMP NOT NULL
);
CREATE INDEX "comment_author_id" ON "comment" ("author_id");
CREATE INDEX "comment_article_id" ON "comment" ("article_id");

-- +goose Down

-- drop table follow [lossy]: no model has follow any more; the rows go too
DROP TABLE "follow";

-- drop table favorite [lossy]: no model has favorite any more; the rows go too
DROP TABLE "favorite";

-- drop table comment [lossy]: no model has comment any more; the rows go too
DROP TABLE "comment";

-- drop table article_tag [lossy]: no model has article_tag any more; the rows go too
DROP TABLE "article_tag";

-- drop table tag [lossy]: no model has tag any more; the rows go too
DROP TABLE "tag";

-- drop table article [lossy]: no model has article any more; the rows go too
DROP TABLE "article";

-- drop table user [lossy]: no model has user any more; the rows go too
DROP TABLE "user";
