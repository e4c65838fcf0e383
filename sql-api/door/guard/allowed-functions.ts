// Every function that a client may call, by what it is for. What is not here is refused: new functions of PostgreSQL are no surprise.

const groups: Readonly<Record<string, string>> = {
  aggregates: `measure approx_distinct count sum avg min max bool_and bool_or every any_value bit_and bit_or bit_xor array_agg string_agg json_agg jsonb_agg
    json_object_agg jsonb_object_agg stddev stddev_pop stddev_samp variance var_pop var_samp corr covar_pop covar_samp regr_avgx regr_avgy regr_count
    regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy mode percentile_cont percentile_disc grouping range_agg`,
  windows: 'row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value',
  numbers: `abs ceil ceiling floor round trunc sign mod div power pow sqrt cbrt exp ln log log10 degrees radians pi sin cos tan asin acos atan atan2 sinh cosh
    tanh width_bucket random greatest least gcd lcm factorial scale min_scale trim_scale numeric_inc erf int2 int4 int8 float4 float8 numeric`,
  texts: `length char_length character_length octet_length bit_length lower upper initcap trim btrim ltrim rtrim concat concat_ws substring substr left right
    replace translate reverse strpos position overlay split_part starts_with ascii chr md5 encode decode to_hex quote_ident quote_literal quote_nullable
    regexp_replace regexp_match regexp_matches regexp_count regexp_instr regexp_like regexp_substr regexp_split_to_array regexp_split_to_table
    string_to_array string_to_table normalize like_escape similar_to_escape similar_escape unistr text bpchar varchar name casefold like notlike ilike
    texticlike texticnlike textlike textnlike sha256 hashtext textregexeq`,
  times: `now date_trunc date_part extract date_bin age make_date make_time make_timestamp make_timestamptz make_interval to_char to_date to_timestamp to_number
    timezone isfinite justify_days justify_hours justify_interval clock_timestamp statement_timestamp transaction_timestamp timeofday date timestamp
    timestamptz time interval date_add date_subtract overlaps`,
  arrays: `array_length array_lower array_upper array_ndims array_dims array_to_string array_position array_positions array_append array_prepend array_cat
    array_remove array_replace array_fill cardinality unnest generate_series generate_subscripts trim_array array_sort array_reverse array_in`,
  json: `to_json to_jsonb json_build_object jsonb_build_object json_build_array jsonb_build_array row_to_json array_to_json json_array_length
    jsonb_array_length json_extract_path json_extract_path_text jsonb_extract_path jsonb_extract_path_text json_typeof jsonb_typeof json_strip_nulls
    jsonb_strip_nulls jsonb_set jsonb_pretty json_object jsonb_object json_each json_each_text jsonb_each jsonb_each_text json_array_elements
    json_array_elements_text jsonb_array_elements jsonb_array_elements_text json_object_keys jsonb_object_keys`,
  choices: 'coalesce nullif num_nulls num_nonnulls',
  session: `version current_database current_schema current_schemas current_user session_user user current_role current_catalog current_setting
    pg_backend_pid pg_is_in_recovery pg_my_temp_schema pg_is_other_temp_schema pg_client_encoding inet_server_addr inet_server_port pg_jit_available
    getdatabaseencoding pg_cursor pg_is_wal_replay_paused pg_show_all_settings pg_settings_get_flags`,
  catalog: `format_type pg_get_expr pg_get_constraintdef pg_get_indexdef pg_get_viewdef pg_get_ruledef pg_get_triggerdef pg_get_partkeydef pg_get_serial_sequence
    pg_get_userbyid pg_get_function_arguments pg_get_function_identity_arguments pg_get_function_result pg_get_function_arg_default pg_get_function_sqlbody
    pg_get_keywords pg_get_statisticsobjdef pg_get_statisticsobjdef_columns pg_get_partition_constraintdef pg_get_catalog_foreign_keys
    pg_get_replica_identity_index pg_options_to_table
    pg_table_is_visible pg_type_is_visible pg_function_is_visible pg_operator_is_visible pg_opclass_is_visible pg_opfamily_is_visible
    pg_conversion_is_visible pg_collation_is_visible pg_statistics_obj_is_visible pg_ts_config_is_visible pg_ts_dict_is_visible pg_ts_parser_is_visible
    pg_ts_template_is_visible pg_relation_is_updatable pg_column_is_updatable pg_relation_is_publishable pg_column_size pg_typeof
    pg_encoding_to_char pg_char_to_encoding pg_encoding_max_length pg_size_pretty pg_total_relation_size pg_relation_size pg_table_size pg_indexes_size
    pg_relation_filenode pg_partition_root pg_partition_ancestors pg_partition_tree pg_describe_object pg_identify_object pg_indexam_has_property
    pg_index_has_property pg_index_column_has_property pg_timezone_names pg_timezone_abbrevs pg_sequence_last_value pg_sequence_parameters
    pg_tablespace_location pg_event_trigger_table_rewrite_oid pg_stat_get_numscans pg_stat_get_live_tuples pg_stat_get_dead_tuples pg_basetype
    obj_description col_description shobj_description to_regclass to_regtype to_regproc to_regprocedure to_regnamespace to_regoper to_regtypemod
    has_table_privilege has_any_column_privilege has_column_privilege has_schema_privilege has_database_privilege has_function_privilege
    has_sequence_privilege has_type_privilege has_language_privilege has_foreign_data_wrapper_privilege has_server_privilege has_tablespace_privilege
    pg_has_role row_security_active aclexplode acldefault makeaclitem _pg_expandarray _pg_truetypid _pg_truetypmod _pg_char_max_length
    _pg_numeric_precision _pg_numeric_scale _pg_datetime_precision _pg_interval_type _pg_char_octet_length _pg_index_position _pg_keysequal
    int2vectorin oidvectorin regclassout nameout textin textout array_out`,
};

const namesOf = (text: string) => text.trim().split(/\s+/);

/** The planner takes each of these for an aggregate of its level. */
export const aggregateFunctions: ReadonlySet<string> = new Set(namesOf(groups.aggregates ?? ''));

export const allowedFunctions: ReadonlySet<string> = new Set(Object.values(groups).flatMap(namesOf));
