/** The folder with the migrations of the schema that `createPostgresSignUpStore` needs. */
export const migrations = new URL('./migrations/', import.meta.url);
