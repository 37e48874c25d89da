using Sweep.Coordinator.Displays;

namespace Sweep.Coordinator.Tests.Displays;

public sealed class CanvasTests
{
    private readonly Screen _screen = new(20, 6);
    private readonly Canvas _canvas = new();

    [Fact]
    public void A_picture_takes_the_place_of_the_one_before_it()
    {
        Shows([], "first", "second and longer");
        Shows([], "third", "2nd");
        Assert.Equal(["third", "2nd"], _screen.Rows);
    }

    [Fact]
    public void A_lower_picture_leaves_nothing_of_the_higher_one()
    {
        Shows([], "first", "second", "third");
        Shows([], "1");
        Assert.Equal(["1"], _screen.Rows);
    }

    [Fact]
    public void Lines_stay_above_the_picture_however_long_they_are()
    {
        var lines = Enumerable.Range(1, 30).Select(number => new string((char)('a' + number % 26), number * 3)).ToList();
        foreach (var line in lines) Shows([line], "bar ----", "state");
        Assert.Equal([.. lines.SelectMany(line => line.Chunk(20).Select(row => new string(row))), "bar ----", "state"], _screen.Rows);
    }

    [Fact]
    public void The_end_leaves_the_lines_alone_and_a_visible_cursor()
    {
        Shows(["one"], "picture", "of two lines");
        Shows(["two"]);
        Assert.Equal(["one", "two"], _screen.Rows);
        Assert.True(_screen.ShowsCursor);
    }

    [Fact]
    public void What_a_person_types_below_the_picture_is_erased()
    {
        Shows([], "picture");
        _screen.Write("^C");
        Shows([], "picture 2");
        Assert.Equal(["picture 2"], _screen.Rows);
    }

    [Fact]
    public void Nothing_is_written_where_nothing_changes()
    {
        Shows([], "picture");
        Assert.Equal("", _canvas.Frame([], [("picture", 7)], 20));
    }

    [Fact]
    public void No_frame_leaves_the_cursor_hidden() =>
        Assert.EndsWith("\e[?25h\e[?2026l", _canvas.Frame(["line"], [("picture", 7)], 20), StringComparison.Ordinal);

    [Fact]
    public void A_picture_that_a_narrower_terminal_has_broken_is_written_over_as_a_whole()
    {
        var narrow = new Screen(10, 6);
        narrow.Write("line\r\n");
        narrow.Write(_canvas.Frame([], [("a picture of 20 cols", 20), ("short", 5)], 30));
        narrow.Write(_canvas.Frame([], [("fits", 4)], 10));
        Assert.Equal(["line", "fits"], narrow.Rows);
    }

    [Fact]
    public void After_somebody_else_has_written_the_picture_begins_anew_below()
    {
        Shows([], "picture");
        _screen.Write("$ fg\r\n");
        _canvas.Forget();
        Shows([], "picture 2");
        Assert.Equal(["picture", "$ fg", "picture 2"], _screen.Rows);
    }

    private void Shows(string[] lines, params string[] picture) =>
        _screen.Write(_canvas.Frame(lines, [.. picture.Select(line => (line, line.Length))], 20));
}
