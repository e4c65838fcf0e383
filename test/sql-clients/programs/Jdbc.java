// The JDBC driver, and what DBeaver, Metabase and other Java tools ask through it: one JSON line a check.
import java.net.URI;
import java.sql.*;
import java.util.*;

public class Jdbc {
  interface Act { Object run() throws Exception; }

  static String json(Object value) {
    if (value instanceof List<?> list) {
      StringJoiner joined = new StringJoiner(",", "[", "]");
      for (Object one : list) joined.add(json(one));
      return joined.toString();
    }
    if (value instanceof Number || value instanceof Boolean) return value.toString();
    return '"' + String.valueOf(value).replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", " ") + '"';
  }

  static void check(String name, Act act) {
    String result;
    try {
      result = "\"value\":" + json(act.run());
    } catch (Exception error) {
      result = "\"error\":" + json(error.toString().lines().findFirst().orElse(""));
    }
    System.out.println("{\"check\":" + json(name) + "," + result + "}");
  }

  static List<String> column(ResultSet rows, String name) throws SQLException {
    List<String> all = new ArrayList<>();
    while (rows.next()) all.add(rows.getString(name));
    return all;
  }

  public static void main(String[] args) throws Exception {
    URI at = new URI(System.getenv("TESSERA_SQL_URL"));
    String[] who = at.getUserInfo().split(":", 2);
    String url = "jdbc:postgresql://" + at.getHost() + ":" + at.getPort() + at.getPath();
    try (Connection session = DriverManager.getConnection(url, who[0], who[1])) {
      DatabaseMetaData about = session.getMetaData();
      System.out.println("{\"version\":" + json(about.getDriverVersion()) + "}");
      check("tables", () -> column(about.getTables(null, "public", "%", new String[] {"TABLE"}), "TABLE_NAME"));
      check("schemas and catalogs", () -> List.of(column(about.getSchemas(), "TABLE_SCHEM").contains("public"), column(about.getCatalogs(), "TABLE_CAT")));
      check("columns and their types", () -> {
        Map<String, String> types = new HashMap<>();
        ResultSet rows = about.getColumns(null, "public", "auth_attempts", "%");
        while (rows.next()) types.put(rows.getString("COLUMN_NAME"), rows.getString("TYPE_NAME"));
        return List.of(types.get("attempt_count"), types.get("login_failure_rate_pct"), types.get("outcome"), types.get("started_at"));
      });
      check("keys", () -> List.of(
          column(about.getPrimaryKeys(null, "public", "projects"), "COLUMN_NAME"),
          column(about.getImportedKeys(null, "public", "issues"), "PKTABLE_NAME"),
          column(about.getExportedKeys(null, "public", "projects"), "FKTABLE_NAME")));
      check("all other metadata", () -> {
        about.getTypeInfo().close();
        about.getIndexInfo(null, "public", "issues", false, true).close();
        about.getTablePrivileges(null, "public", "%").close();
        about.getColumnPrivileges(null, "public", "issues", "%").close();
        about.getProcedures(null, "public", "%").close();
        about.getFunctions(null, "public", "%").close();
        about.getUDTs(null, "public", "%", null).close();
        about.getBestRowIdentifier(null, "public", "projects", DatabaseMetaData.bestRowSession, true).close();
        about.getVersionColumns(null, "public", "projects").close();
        about.getCrossReference(null, "public", "projects", null, "public", "issues").close();
        about.getTableTypes().close();
        about.getClientInfoProperties().close();
        about.getSQLKeywords();
        about.getMaxColumnNameLength();
        return "answered";
      });
      check("measure by group", () -> {
        List<Object> all = new ArrayList<>();
        ResultSet rows = session.createStatement().executeQuery("SELECT outcome, MEASURE(attempt_count) FROM auth_attempts GROUP BY 1 ORDER BY 1");
        while (rows.next()) all.add(List.of(rows.getString(1), String.valueOf(rows.getLong(2))));
        return all;
      });
      check("percentage to the digit", () -> {
        ResultSet rows = session.createStatement().executeQuery("SELECT MEASURE(abandoned_pct) FROM auth_attempts");
        rows.next();
        return String.valueOf(rows.getDouble(1));
      });
      check("prepared on the server after five", () -> {
        List<String> all = new ArrayList<>();
        PreparedStatement statement = session.prepareStatement("SELECT count(*) FROM auth_attempts WHERE country = ? AND started_on >= ?");
        for (int time = 0; time < 8; time++) {
          statement.setString(1, "US");
          statement.setObject(2, java.time.LocalDate.of(2026, 1, 2));
          ResultSet rows = statement.executeQuery();
          rows.next();
          all.add(rows.getString(1));
        }
        return String.join("", new TreeSet<>(all)) + " " + statement.unwrap(org.postgresql.PGStatement.class).isUseServerPrepare();
      });
      check("parameters' and columns' types before any row", () -> {
        PreparedStatement statement = session.prepareStatement("SELECT outcome, MEASURE(attempt_count) AS n FROM auth_attempts WHERE country = ? GROUP BY 1");
        return List.of(statement.getMetaData().getColumnTypeName(2), statement.getParameterMetaData().getParameterTypeName(1));
      });
      check("fetch size", () -> {
        session.setAutoCommit(false);
        Statement statement = session.createStatement();
        statement.setFetchSize(2);
        int seen = 0;
        ResultSet rows = statement.executeQuery("SELECT started_at, outcome FROM auth_attempts ORDER BY 1, 2");
        while (rows.next()) seen += rows.getTimestamp(1) == null ? 0 : 1;
        session.commit();
        session.setAutoCommit(true);
        return String.valueOf(seen);
      });
      check("cancel", () -> {
        Statement statement = session.createStatement();
        statement.cancel();
        return "answered";
      });
      check("an error has its SQLSTATE and the session goes on", () -> {
        List<Object> codes = new ArrayList<>();
        for (String text : List.of("SELECT nothing FROM auth_attempts", "DELETE FROM auth_attempts")) {
          try {
            session.createStatement().execute(text);
          } catch (SQLException error) {
            codes.add(error.getSQLState());
          }
        }
        ResultSet rows = session.createStatement().executeQuery("SELECT 1");
        rows.next();
        codes.add(rows.getString(1));
        return codes;
      });
    }
  }
}
