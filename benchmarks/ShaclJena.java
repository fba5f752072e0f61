import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.StringJoiner;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.Node;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFParser;
import org.apache.jena.shacl.ShaclValidator;
import org.apache.jena.shacl.Shapes;
import org.apache.jena.shacl.ValidationReport;
import org.apache.jena.shacl.validation.ReportEntry;
import org.apache.jena.sparql.graph.GraphFactory;

/**
 * Validates graphs with Jena, each for itself: N-Triples on standard input, a line "#" after each graph.
 *
 * <p>Arguments: the shapes in Turtle, and how many graphs go before the timing starts. Prints the results of each graph
 * as a line of JSON, an array of texts for each result; at last an object with the median of the clock and the mean of
 * the thread's CPU time, in microseconds, parsing included.
 */
public final class ShaclJena {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  public static void main(String[] arguments) throws Exception {
    Graph shapesGraph = GraphFactory.createDefaultGraph();
    RDFParser.source(arguments[0]).lang(Lang.TURTLE).parse(shapesGraph);
    Shapes shapes = Shapes.parse(shapesGraph);
    int warm = Integer.parseInt(arguments[1]);
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    StringBuilder text = new StringBuilder();
    long[] clock = new long[1024];
    long cpu = 0;
    int count = 0;
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (!line.equals("#")) {
        text.append(line).append('\n');
        continue;
      }
      String record = text.toString();
      text.setLength(0);
      long began = System.nanoTime();
      long spent = THREADS.getCurrentThreadCpuTime();
      ValidationReport report = validated(record, shapes);
      if (count >= warm) {
        cpu += THREADS.getCurrentThreadCpuTime() - spent;
        if (count - warm == clock.length) {
          clock = Arrays.copyOf(clock, 2 * clock.length);
        }
        clock[count - warm] = System.nanoTime() - began;
      }
      count++;
      out.println(results(report));
    }
    int timed = Math.max(count - warm, 0);
    Arrays.sort(clock, 0, timed);
    double median = timed == 0 ? 0 : clock[timed / 2] / 1e3;
    double mean = timed == 0 ? 0 : cpu / 1e3 / timed;
    out.println("{\"median_us\": " + median + ", \"cpu_us\": " + mean + "}");
    out.flush();
  }

  private static ValidationReport validated(String record, Shapes shapes) {
    Graph graph = GraphFactory.createDefaultGraph();
    RDFParser.fromString(record).lang(Lang.NTRIPLES).parse(graph);
    return ShaclValidator.get().validate(shapes, graph);
  }

  private static String results(ValidationReport report) {
    StringJoiner all = new StringJoiner(", ", "[", "]");
    for (ReportEntry entry : report.getEntries()) {
      StringJoiner one = new StringJoiner(", ", "[", "]");
      one.add(text(entry.focusNode()));
      one.add(entry.resultPath() == null ? "null" : quoted(entry.resultPath().toString()));
      one.add(text(entry.value()));
      one.add(text(entry.sourceConstraintComponent()));
      one.add(text(entry.severity().level()));
      all.add(one.toString());
    }
    return all.toString();
  }

  private static String text(Node node) {
    if (node == null) {
      return "null";
    }
    if (node.isBlank()) {
      return quoted("_");
    }
    if (node.isURI()) {
      return quoted("<" + node.getURI() + ">");
    }
    String language = node.getLiteralLanguage();
    String kind = language.isEmpty() ? "^^" + node.getLiteralDatatypeURI() : "@" + language.toLowerCase();
    return quoted(node.getLiteralLexicalForm() + kind);
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char each : text.toCharArray()) {
      if (each == '"' || each == '\\') {
        quoted.append('\\').append(each);
      } else if (each < ' ') {
        quoted.append(String.format("\\u%04x", (int) each));
      } else {
        quoted.append(each);
      }
    }
    return quoted.append('"').toString();
  }

  private ShaclJena() {}
}
