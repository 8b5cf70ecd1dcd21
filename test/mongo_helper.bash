# shellcheck shell=bash
# What the tests against MongoDB servers share: `load mongo_helper`. A file has
# one server of a kind; each test that calls start_mongo has a database of its
# own there, named in VOLUM_DB.

load pipe_helper
load mongo_server
