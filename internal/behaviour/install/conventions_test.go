package install_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// The models of docs/guide/conventions.md, for tables of Rails.
type (
	RailsAuthor struct {
		ID        int64     `prom:"key,auto"`
		Name      *string   // a column is nullable unless its migration says null: false
		CreatedAt time.Time `prom:"created"`
		UpdatedAt time.Time `prom:"updated"`

		Books  prom.Many[RailsBook]
		Awards prom.ManyToMany[RailsAward, RailsAuthorAward]
		prom.Tracking
	}
	RailsBook struct {
		ID          int64                 `prom:"key,auto"`
		Author      prom.Ref[RailsAuthor] `prom:"author_id,index=index_books_on_author_id"` // belongs_to :author
		Title       string
		LockVersion int        `prom:"version"` // lock_version
		DiscardedAt *time.Time `prom:"deleted"` // deleted_at of paranoia, discarded_at of discard
		CreatedAt   time.Time  `prom:"created"`
		UpdatedAt   time.Time  `prom:"updated"`
	}
	RailsAward struct {
		ID   int64 `prom:"key,auto"`
		Name string
	}
	RailsAuthorAward struct { // has_and_belongs_to_many: a join table without a key
		Author prom.Ref[RailsAuthor] `prom:"author_id"`
		Award  prom.Ref[RailsAward]  `prom:"award_id"`
	}
	RailsComment struct { // belongs_to :commentable, polymorphic: true
		ID              int64  `prom:"key,auto"`
		CommentableType string `prom:"index=on_commentable"`
		CommentableID   int64  `prom:"index=on_commentable"`
		Body            string
	}
)

func (RailsAuthor) TableName() string      { return "authors" }
func (RailsBook) TableName() string        { return "books" }
func (RailsAward) TableName() string       { return "awards" }
func (RailsAuthorAward) TableName() string { return "authors_awards" }
func (RailsComment) TableName() string     { return "comments" }

// For tables of Django: the app "blog".
type (
	DjangoEntry struct {
		ID       int64                  `prom:"key,auto"`
		Headline string                 // CharField(max_length=255)
		Blog     prom.Ref[DjangoBlog]   `prom:"blog_id,index,deferrable=deferred"` // ForeignKey(Blog)
		Parent   *prom.Ref[DjangoEntry] `prom:"parent_id,deferrable=deferred"`     // ForeignKey("self", null=True)
		PubDate  time.Time              `prom:"date"`
		AddedAt  time.Time              `prom:"created"` // auto_now_add=True
		Changed  time.Time              `prom:"updated"` // auto_now=True
		Tags     prom.ManyToMany[DjangoTag, DjangoEntryTag]
	}
	DjangoBlog struct {
		ID   int64  `prom:"key,auto"`
		Slug string `prom:"unique"` // SlugField(unique=True)
	}
	DjangoTag struct {
		ID   int64 `prom:"key,auto"`
		Name string
	}
	DjangoEntryTag struct { // ManyToManyField
		ID    int64                 `prom:"key,auto"`
		Entry prom.Ref[DjangoEntry] `prom:"entry_id,unique=entry_id_tag_id,deferrable=deferred"`
		Tag   prom.Ref[DjangoTag]   `prom:"tag_id,unique=entry_id_tag_id,deferrable=deferred"`
	}
)

func (DjangoEntry) TableName() string    { return "blog_entry" }
func (DjangoBlog) TableName() string     { return "blog_blog" }
func (DjangoTag) TableName() string      { return "blog_tag" }
func (DjangoEntryTag) TableName() string { return "blog_entry_tags" }

// For tables of GORM.
type (
	GormModel struct { // gorm.Model
		ID        int64      `prom:"key,auto"`
		CreatedAt *time.Time // GORM's columns are nullable unless the tag says not null
		UpdatedAt *time.Time
		DeletedAt *time.Time `prom:"deleted,index"`
	}
	GormUser struct {
		GormModel
		Name      *string
		Address   GormAddress            `prom:"embed=address_"` // gorm:"embedded;embeddedPrefix:address_"
		CompanyID *prom.Ref[GormCompany] // CompanyID int; Company Company
		Languages prom.ManyToMany[GormLanguage, GormUserLanguage]
	}
	GormAddress struct {
		City *string
		Zip  *string `prom:"zip_code"` // gorm:"column:zip_code"
	}
	GormCompany struct {
		GormModel
		Name *string `prom:"index=name"` // gorm:"index"
	}
	GormLanguage struct {
		Code string `prom:"key"` // gorm:"primaryKey"
	}
	GormUserLanguage struct { // gorm:"many2many:user_languages"
		User     prom.Ref[GormUser]               `prom:"user_id,key"`
		Language prom.RefBy[GormLanguage, string] `prom:"language_code,key"`
	}
	GormToy struct { // gorm:"polymorphic:Owner"
		GormModel
		OwnerID   *int64
		OwnerType *string
	}
)

func (GormUser) TableName() string         { return "users" }
func (GormCompany) TableName() string      { return "companies" }
func (GormLanguage) TableName() string     { return "languages" }
func (GormUserLanguage) TableName() string { return "user_languages" }
func (GormToy) TableName() string          { return "toys" }

// For tables of ent.
type (
	EntUser struct {
		ID         int64     `prom:"key,auto"`
		CreateTime time.Time `prom:"created"` // mixin.Time
		UpdateTime time.Time `prom:"updated"`
		Name       string
		Nickname   *string `prom:"unique"`             // Optional(), Nillable()
		Role       string  `prom:"choices=admin|user"` // field.Enum
		Pets       prom.Many[EntPet]
		Groups     prom.ManyToMany[EntGroup, EntUserGroup]
	}
	EntPet struct {
		ID    int64              `prom:"key,auto"`
		Owner *prom.Ref[EntUser] `prom:"user_pets"` // edge.To("pets", Pet.Type) of User
	}
	EntGroup struct {
		ID int64 `prom:"key,auto"`
	}
	EntUserGroup struct { // edge.To("groups", Group.Type) of User
		User  prom.Ref[EntUser]  `prom:"user_id,key"`
		Group prom.Ref[EntGroup] `prom:"group_id,key"`
	}
)

func (EntUser) TableName() string      { return "users" }
func (EntPet) TableName() string       { return "pets" }
func (EntGroup) TableName() string     { return "groups" }
func (EntUserGroup) TableName() string { return "user_groups" }

// conventionTables are the tables as the others make them. ID, TIME and BOOL stand for what differs between engines.
var conventionTables = map[string]string{
	"rails": `CREATE TABLE "authors" ("id" ID, "name" varchar, "created_at" TIME NOT NULL, "updated_at" TIME NOT NULL);
		CREATE TABLE "books" ("id" ID, "author_id" bigint NOT NULL, "title" varchar NOT NULL, "lock_version" integer DEFAULT 0 NOT NULL,
			"discarded_at" TIME, "created_at" TIME NOT NULL, "updated_at" TIME NOT NULL, CONSTRAINT "fk_rails_1" FOREIGN KEY ("author_id") REFERENCES "authors" ("id"));
		CREATE INDEX "index_books_on_author_id" ON "books" ("author_id");
		CREATE TABLE "awards" ("id" ID, "name" varchar NOT NULL);
		CREATE TABLE "authors_awards" ("author_id" bigint NOT NULL REFERENCES "authors" ("id"), "award_id" bigint NOT NULL REFERENCES "awards" ("id"));
		CREATE TABLE "comments" ("id" ID, "commentable_type" varchar NOT NULL, "commentable_id" bigint NOT NULL, "body" text NOT NULL);
		CREATE INDEX "index_comments_on_commentable" ON "comments" ("commentable_type", "commentable_id")`,
	"django": `CREATE TABLE "blog_blog" ("id" ID, "slug" varchar(50) NOT NULL UNIQUE);
		CREATE TABLE "blog_entry" ("id" ID, "headline" varchar(255) NOT NULL, "blog_id" bigint NOT NULL REFERENCES "blog_blog" ("id") DEFERRABLE INITIALLY DEFERRED,
			"parent_id" bigint NULL REFERENCES "blog_entry" ("id") DEFERRABLE INITIALLY DEFERRED, "pub_date" date NOT NULL, "added_at" TIME NOT NULL,
			"changed" TIME NOT NULL);
		CREATE INDEX "blog_entry_blog_id_59d4e6ac" ON "blog_entry" ("blog_id");
		CREATE TABLE "blog_tag" ("id" ID, "name" text NOT NULL);
		CREATE TABLE "blog_entry_tags" ("id" ID, "entry_id" bigint NOT NULL REFERENCES "blog_entry" ("id") DEFERRABLE INITIALLY DEFERRED,
			"tag_id" bigint NOT NULL REFERENCES "blog_tag" ("id") DEFERRABLE INITIALLY DEFERRED);
		CREATE UNIQUE INDEX "blog_entry_tags_entry_id_tag_id_2f5_uniq" ON "blog_entry_tags" ("entry_id", "tag_id")`,
	"gorm": `CREATE TABLE "companies" ("id" ID, "created_at" TIME, "updated_at" TIME, "deleted_at" TIME, "name" text);
		CREATE INDEX "idx_companies_deleted_at" ON "companies" ("deleted_at"); CREATE INDEX "idx_companies_name" ON "companies" ("name");
		CREATE TABLE "users" ("id" ID, "created_at" TIME, "updated_at" TIME, "deleted_at" TIME, "name" text, "address_city" text, "address_zip_code" text,
			"company_id" bigint, CONSTRAINT "fk_users_company" FOREIGN KEY ("company_id") REFERENCES "companies" ("id"));
		CREATE INDEX "idx_users_deleted_at" ON "users" ("deleted_at");
		CREATE TABLE "languages" ("code" text NOT NULL, PRIMARY KEY ("code"));
		CREATE TABLE "user_languages" ("user_id" bigint NOT NULL, "language_code" text NOT NULL, PRIMARY KEY ("user_id", "language_code"),
			CONSTRAINT "fk_user_languages_user" FOREIGN KEY ("user_id") REFERENCES "users" ("id"),
			CONSTRAINT "fk_user_languages_language" FOREIGN KEY ("language_code") REFERENCES "languages" ("code"));
		CREATE TABLE "toys" ("id" ID, "created_at" TIME, "updated_at" TIME, "deleted_at" TIME, "owner_id" bigint, "owner_type" text);
		CREATE INDEX "idx_toys_deleted_at" ON "toys" ("deleted_at")`,
	"ent": `CREATE TABLE "users" ("id" ID, "create_time" TIME NOT NULL, "update_time" TIME NOT NULL, "name" varchar NOT NULL DEFAULT 'unknown',
			"nickname" varchar NULL, "role" varchar NOT NULL DEFAULT 'user');
		CREATE UNIQUE INDEX "users_nickname_key" ON "users" ("nickname");
		CREATE TABLE "pets" ("id" ID, "user_pets" bigint NULL, CONSTRAINT "pets_users_pets" FOREIGN KEY ("user_pets") REFERENCES "users" ("id") ON DELETE SET NULL);
		CREATE TABLE "groups" ("id" ID);
		CREATE TABLE "user_groups" ("user_id" bigint NOT NULL, "group_id" bigint NOT NULL, PRIMARY KEY ("user_id", "group_id"),
			CONSTRAINT "user_groups_user_id" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE,
			CONSTRAINT "user_groups_group_id" FOREIGN KEY ("group_id") REFERENCES "groups" ("id") ON DELETE CASCADE)`,
}

// Ensure that the documented models of the conventions of others write and read their tables, follow their references,
// and leave a plan nothing to do.
func TestConventions(t *testing.T) {
	t.Parallel()
	var (
		railsAuthor   = prom.Proto[RailsAuthor]()
		authorBooks   = prom.ManyOf(railsAuthor, &railsAuthor.Books)
		authorAwards  = prom.ManyToManyOf(railsAuthor, &railsAuthor.Awards)
		djangoEntry   = prom.Proto[DjangoEntry]()
		entryBlog     = prom.RefOf(djangoEntry, &djangoEntry.Blog)
		entryTags     = prom.ManyToManyOf(djangoEntry, &djangoEntry.Tags)
		gormUser      = prom.Proto[GormUser]()
		userCity      = prom.NullTextOf(gormUser, &gormUser.Address.City)
		userLanguages = prom.ManyToManyOf(gormUser, &gormUser.Languages)
		entUser       = prom.Proto[EntUser]()
		entPets       = prom.ManyOf(entUser, &entUser.Pets)
		entGroups     = prom.ManyToManyOf(entUser, &entUser.Groups)
	)
	ctx := context.Background()
	for name, use := range map[string]func(is *is.I, on prom.RepoOption) []prom.AnyRepo{
		"rails": func(is *is.I, on prom.RepoOption) []prom.AnyRepo {
			authors, books, awards := prom.NewRepo[RailsAuthor](on), prom.NewRepo[RailsBook](on), prom.NewRepo[RailsAward](on)
			joins, comments := prom.NewRepo[RailsAuthorAward](on), prom.NewRepo[RailsComment](on)
			a := RailsAuthor{Name: new("Ada")}
			is.NoErr(authors.Create(ctx, &a))
			b, w := RailsBook{Author: prom.RefTo(&a), Title: "Notes"}, RailsAward{Name: "Prize"}
			is.NoErr(books.Create(ctx, &b))
			is.NoErr(awards.Create(ctx, &w))
			_, err := prom.LinksOf(authors, authorAwards, &a).Add(ctx, &w)
			is.NoErr(err)
			is.NoErr(comments.Create(ctx, &RailsComment{CommentableType: "Book", CommentableID: b.ID, Body: "good"}))
			got, err := authors.With(authorBooks, authorAwards).One(ctx)
			is.NoErr(err)
			is.Equal([]int{len(got.Books.Rows()), len(got.Awards.Rows())}, []int{1, 1})
			b.Title = "More"
			is.NoErr(books.Save(ctx, &b))
			is.NoErr(books.Delete(ctx, &b))
			n, err := books.Query().WithDeleted().Count(ctx)
			is.NoErr(err)
			is.Equal(n, 1)
			return []prom.AnyRepo{authors, books, awards, joins, comments}
		},
		"django": func(is *is.I, on prom.RepoOption) []prom.AnyRepo {
			entries, blogs := prom.NewRepo[DjangoEntry](on), prom.NewRepo[DjangoBlog](on)
			tags, links := prom.NewRepo[DjangoTag](on), prom.NewRepo[DjangoEntryTag](on)
			b, tag := DjangoBlog{Slug: "b"}, DjangoTag{Name: "t"}
			is.NoErr(blogs.Create(ctx, &b))
			is.NoErr(tags.Create(ctx, &tag))
			e := DjangoEntry{Headline: "h", Blog: prom.RefTo(&b), PubDate: time.Now()}
			is.NoErr(entries.Create(ctx, &e))
			_, err := prom.LinksOf(entries, entryTags, &e).Add(ctx, &tag)
			is.NoErr(err)
			got, err := entries.With(entryBlog, entryTags).One(ctx)
			is.NoErr(err)
			is.Equal(got.Tags.Rows()[0].Name, "t")
			return []prom.AnyRepo{entries, blogs, tags, links}
		},
		"gorm": func(is *is.I, on prom.RepoOption) []prom.AnyRepo {
			users, companies, langs := prom.NewRepo[GormUser](on), prom.NewRepo[GormCompany](on), prom.NewRepo[GormLanguage](on)
			links, toys := prom.NewRepo[GormUserLanguage](on), prom.NewRepo[GormToy](on)
			c, l := GormCompany{Name: new("Co")}, GormLanguage{Code: "de"}
			is.NoErr(companies.Create(ctx, &c))
			is.NoErr(langs.Create(ctx, &l))
			ref := prom.RefTo(&c)
			u := GormUser{Name: new("Ada"), Address: GormAddress{City: new("Ulm")}, CompanyID: &ref}
			is.NoErr(users.Create(ctx, &u))
			_, err := prom.LinksOf(users, userLanguages, &u).Add(ctx, &l)
			is.NoErr(err)
			is.NoErr(toys.Create(ctx, &GormToy{OwnerID: &u.ID, OwnerType: new("users")}))
			got, err := users.Where(userCity.Eq("Ulm")).With(userLanguages).One(ctx)
			is.NoErr(err)
			is.Equal(got.Languages.Rows()[0].Code, "de")
			is.NoErr(users.Delete(ctx, &u))
			return []prom.AnyRepo{users, companies, langs, links, toys}
		},
		"ent": func(is *is.I, on prom.RepoOption) []prom.AnyRepo {
			users, pets, groups := prom.NewRepo[EntUser](on), prom.NewRepo[EntPet](on), prom.NewRepo[EntGroup](on)
			links := prom.NewRepo[EntUserGroup](on)
			u, g := EntUser{Name: "Ada", Role: "user"}, EntGroup{}
			is.NoErr(users.Create(ctx, &u))
			is.NoErr(groups.Create(ctx, &g))
			ref := prom.RefTo(&u)
			is.NoErr(pets.Create(ctx, &EntPet{Owner: &ref}))
			_, err := prom.LinksOf(users, entGroups, &u).Add(ctx, &g)
			is.NoErr(err)
			got, err := users.With(entPets, entGroups).One(ctx)
			is.NoErr(err)
			is.Equal([]int{len(got.Pets.Rows()), len(got.Groups.Rows())}, []int{1, 1})
			return []prom.AnyRepo{users, pets, groups, links}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
				is := is.New(t)
				db := kit.Open(t, e.With("install=check"))
				id, at := "integer PRIMARY KEY AUTOINCREMENT NOT NULL", "datetime"
				if e.Name == dbtest.NamePostgres {
					id, at = "bigserial PRIMARY KEY", "timestamp with time zone"
				}
				tables := strings.NewReplacer(`" ID`, `" `+id, `" TIME`, `" `+at).Replace(conventionTables[name])
				kit.RunSQL(t, db, strings.Split(tables, ";\n\t\t")...)
				plan, err := prom.Plan(ctx, use(is, prom.Using(db))...)
				is.NoErr(err)
				for _, s := range plan.Steps {
					t.Errorf("%+v", s.Reason)
				}
			})
		})
	}
}
